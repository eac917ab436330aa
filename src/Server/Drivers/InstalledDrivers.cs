using System.Collections.Immutable;
using Anyvisor.Driver;

namespace Anyvisor.Server.Drivers;

/// <summary>The drivers that this server was built with: every project under <c>drivers/</c>.</summary>
internal static partial class InstalledDrivers
{
    internal static ImmutableArray<IDriver> All() =>
        [.. Create().OrderBy(driver => driver.Info.Kind, StringComparer.Ordinal)];

    // Written at build time: see InstalledDrivers.targets.
    private static partial IDriver[] Create();
}
