using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Drivers.Sim.Tests;

/// <summary>Connects to simulated estates and reads their listings.</summary>
internal static class Bed
{
    public static Task<IProviderConnection> ConnectAsync(string url, CancellationToken cancellationToken, Plugin? plugin = null) =>
        (plugin ?? new Plugin()).ConnectAsync(
            new ProviderAddress { Provider = "big", Url = url },
            new DriverContext(TimeProvider.System, NullLoggerFactory.Instance),
            cancellationToken
        );

    public static async Task<List<Change>> ListAsync(IProviderConnection connection, CancellationToken cancellationToken)
    {
        var changes = new List<Change>();
        await foreach (var change in connection.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            changes.Add(change);
            if (change is SnapshotComplete)
                break;
        }
        return changes;
    }

    public static List<T> Of<T>(this IEnumerable<Change> changes)
        where T : class, IInventoryObject
    {
        var objects = new List<T>();
        foreach (var change in changes)
            if (change is Seen { Object: T found })
                objects.Add(found);
        return objects;
    }
}
