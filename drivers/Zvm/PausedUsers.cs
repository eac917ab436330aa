using System.Collections.Concurrent;

namespace Anyvisor.Drivers.Zvm;

/// <summary>
/// The users whose processors we stopped. z/VM shows them as logged on and tells nobody that they stand, so it is
/// remembered here for as long as the process lives, over lines that break. Thread-safe.
/// </summary>
internal sealed class PausedUsers
{
    private readonly ConcurrentDictionary<(string Provider, string Url), ConcurrentDictionary<string, byte>> _providers = new();

    internal ConcurrentDictionary<string, byte> Of(string provider, string url) =>
        _providers.GetOrAdd((provider, url), _ => new ConcurrentDictionary<string, byte>(StringComparer.Ordinal));
}
