using System.Collections.Frozen;
using System.Collections.Immutable;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.Zvm.Systems;

/// <summary>
/// One z/VM system, through whichever of its interfaces: the cloud connector's REST or the management API's socket.
/// User ids are in upper case. Every method throws <see cref="ProviderException"/>; a user that the directory has not
/// is <see cref="ProviderError.NotFound"/>. Thread-safe.
/// </summary>
internal interface IZvmSystem : IDisposable
{
    /// <summary>What answers: <c>z/VM Cloud Connector</c>.</summary>
    string Product { get; }
    string ProductVersion { get; }

    Task<SystemFacts> ReadSystemAsync(CancellationToken cancellationToken);

    /// <summary>Null where it is no member of a cluster.</summary>
    Task<ClusterFacts?> ReadClusterAsync(CancellationToken cancellationToken);

    /// <summary>Everything in the directory, users or not.</summary>
    Task<ImmutableArray<string>> ListUsersAsync(CancellationToken cancellationToken);

    /// <summary>The users that this interface lets us change; null for all of them.</summary>
    Task<FrozenSet<string>?> ListManagedAsync(CancellationToken cancellationToken);

    /// <summary>Those of <paramref name="users"/> that are logged on to this system. Cheap: asked every few seconds.</summary>
    Task<Dictionary<string, RunningFacts>> ListRunningAsync(IReadOnlyCollection<string> users, CancellationToken cancellationToken);

    /// <summary>The system's own word for one user's state, asked of the hypervisor itself.</summary>
    Task<string> ReadPowerAsync(string user, CancellationToken cancellationToken);

    Task<ImmutableArray<string>> ReadEntryAsync(string user, CancellationToken cancellationToken);

    Task<ImmutableArray<AdapterFacts>> ReadAdaptersAsync(string user, CancellationToken cancellationToken);

    /// <summary>What a running user has now, where <see cref="ListRunningAsync"/> does not tell it; null where it does.</summary>
    Task<RunningFacts?> ReadRunningAsync(string user, CancellationToken cancellationToken);

    Task<InsideFacts?> ReadInsideAsync(string user, CancellationToken cancellationToken);

    Task<ImmutableArray<NetworkFacts>> ListNetworksAsync(CancellationToken cancellationToken);

    Task<ImmutableArray<ImageFacts>> ListImagesAsync(CancellationToken cancellationToken);

    Task<Dictionary<string, CounterFacts>> ReadCountersAsync(IReadOnlyCollection<string> users, CancellationToken cancellationToken);

    Task StartAsync(string user, CancellationToken cancellationToken);

    Task StopAsync(string user, CancellationToken cancellationToken);

    Task ShutdownAsync(string user, CancellationToken cancellationToken);

    Task RebootAsync(string user, CancellationToken cancellationToken);

    Task ResetAsync(string user, CancellationToken cancellationToken);

    Task PauseAsync(string user, CancellationToken cancellationToken);

    Task ResumeAsync(string user, CancellationToken cancellationToken);

    Task SetCpusAsync(string user, int count, bool running, CancellationToken cancellationToken);

    Task SetMemoryAsync(string user, long bytes, bool running, CancellationToken cancellationToken);

    Task DefineAsync(NewUser user, CancellationToken cancellationToken);

    Task ConnectNicAsync(string user, string vdev, string network, CancellationToken cancellationToken);

    Task DeleteAsync(string user, CancellationToken cancellationToken);

    /// <summary>Asks whether a relocation would do: the reasons why not, none when it would.</summary>
    Task<ImmutableArray<string>> TestRelocationAsync(string user, string member, string? connector, CancellationToken cancellationToken);

    Task RelocateAsync(string user, string member, string? connector, CancellationToken cancellationToken);
}
