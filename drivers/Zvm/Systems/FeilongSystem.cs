using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Drivers.Zvm.Wire.Feilong;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm.Systems;

/// <summary>A z/VM system through Feilong, the z/VM cloud connector: what it tells.</summary>
internal sealed partial class FeilongSystem(FeilongClient client, string productVersion) : IZvmSystem
{
    /// <summary>Bounds the length of a request line: many servers cut it at 8 KiB.</summary>
    private const int UsersACall = 400;

    public string Product => "z/VM Cloud Connector";

    public string ProductVersion => productVersion;

    internal static async Task<FeilongSystem> ConnectAsync(FeilongClient client, CancellationToken cancellationToken)
    {
        var about = await client.GetAsync("", "asking for its version", cancellationToken).ConfigureAwait(false);
        var version = FeilongJson.Text(about.Output, "version") ?? FeilongJson.Text(about.Output, "api_version");
        return version is null
            ? throw new ProviderException(ProviderError.ProtocolViolation, $"{client.Where} answers, but not as a z/VM cloud connector: it tells no version")
            : new FeilongSystem(client, version);
    }

    public async Task<SystemFacts> ReadSystemAsync(CancellationToken cancellationToken) =>
        FeilongReader.System((await client.GetAsync("host", "reading the system", cancellationToken).ConfigureAwait(false)).Output)
        ?? throw new ProviderException(ProviderError.ProtocolViolation, $"{client.Where} does not tell its system's name");

    public async Task<ClusterFacts?> ReadClusterAsync(CancellationToken cancellationToken)
    {
        try
        {
            return FeilongReader.Cluster((await client.GetAsync("host/ssi", "reading the cluster", cancellationToken).ConfigureAwait(false)).Output);
        }
        catch (ProviderException e) when (e.Error is ProviderError.NotFound or ProviderError.InvalidArgument or ProviderError.NotCapable)
        {
            // Connectors before 1.6 have no such page: they are no less a system.
            return null;
        }
    }

    public async Task<ImmutableArray<string>> ListUsersAsync(CancellationToken cancellationToken) =>
        FeilongReader.Users((await client.GetAsync("host/guests", "listing the users", cancellationToken).ConfigureAwait(false)).Output);

    public async Task<FrozenSet<string>?> ListManagedAsync(CancellationToken cancellationToken) =>
        FeilongReader.Users((await client.GetAsync("guests", "listing its guests", cancellationToken).ConfigureAwait(false)).Output).ToFrozenSet(StringComparer.Ordinal);

    public async Task<Dictionary<string, RunningFacts>> ListRunningAsync(IReadOnlyCollection<string> users, CancellationToken cancellationToken)
    {
        var running = new Dictionary<string, RunningFacts>(StringComparer.Ordinal);
        await StatsAsync(users, (user, stats) => running[user] = FeilongReader.Running(stats), cancellationToken).ConfigureAwait(false);
        // The page of counters takes letters and digits alone; the others are asked for one by one.
        foreach (var user in users.Where(user => !UserId.IsPlain(user)))
            if (await IsOnAsync(user, cancellationToken).ConfigureAwait(false))
                running[user] = new RunningFacts();
        return running;
    }

    public async Task<string> ReadPowerAsync(string user, CancellationToken cancellationToken) =>
        FeilongJson.Text((await client.GetAsync($"guests/{Uri.EscapeDataString(user)}/power_state_real", $"reading the state of {user}", cancellationToken).ConfigureAwait(false)).Output)
        ?? throw new ProviderException(ProviderError.ProtocolViolation, $"{client.Where} does not tell the state of {user}");

    public async Task<ImmutableArray<string>> ReadEntryAsync(string user, CancellationToken cancellationToken) =>
        FeilongReader.Entry((await client.GetAsync($"guests/{Uri.EscapeDataString(user)}/user_direct", $"reading the directory entry of {user}", cancellationToken).ConfigureAwait(false)).Output);

    public async Task<ImmutableArray<AdapterFacts>> ReadAdaptersAsync(string user, CancellationToken cancellationToken) =>
        FeilongReader.Adapters((await client.GetAsync($"guests/{Uri.EscapeDataString(user)}/adapters", $"reading the adapters of {user}", cancellationToken).ConfigureAwait(false)).Output);

    public Task<RunningFacts?> ReadRunningAsync(string user, CancellationToken cancellationToken) => Task.FromResult<RunningFacts?>(null);

    public async Task<InsideFacts?> ReadInsideAsync(string user, CancellationToken cancellationToken) =>
        FeilongReader.Inside((await client.GetAsync($"guests/{Uri.EscapeDataString(user)}/os_info", $"asking {user} what it runs", cancellationToken).ConfigureAwait(false)).Output);

    public async Task<ImmutableArray<NetworkFacts>> ListNetworksAsync(CancellationToken cancellationToken)
    {
        var names = FeilongReader.Users((await client.GetAsync("vswitches", "listing the virtual switches", cancellationToken).ConfigureAwait(false)).Output);
        var networks = ImmutableArray.CreateBuilder<NetworkFacts>(names.Length);
        foreach (var name in names)
            networks.Add(FeilongReader.Network(name, (await client.GetAsync($"vswitches/{Uri.EscapeDataString(name)}", $"reading the virtual switch {name}", cancellationToken).ConfigureAwait(false)).Output));
        return networks.MoveToImmutable();
    }

    public async Task<ImmutableArray<ImageFacts>> ListImagesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return FeilongReader.Images((await client.GetAsync("images", "listing the images", cancellationToken).ConfigureAwait(false)).Output);
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            return [];
        }
    }

    public async Task<Dictionary<string, CounterFacts>> ReadCountersAsync(IReadOnlyCollection<string> users, CancellationToken cancellationToken)
    {
        var counters = new Dictionary<string, CounterFacts>(StringComparer.Ordinal);
        await StatsAsync(users, (user, stats) => counters[user] = FeilongReader.Counters(stats), cancellationToken).ConfigureAwait(false);
        foreach (var batch in counters.Keys.ToArray().Chunk(UsersACall))
        {
            var output = (await client.GetAsync($"guests/interfacestats?userid={string.Join(',', batch)}", "reading the adapters' counters", cancellationToken).ConfigureAwait(false)).Output;
            foreach (var field in FeilongJson.Fields(output))
                if (counters.TryGetValue(UserId.Canonical(field.Name), out var known))
                    counters[UserId.Canonical(field.Name)] = FeilongReader.WithTraffic(known, field.Value);
        }
        return counters;
    }

    public void Dispose() => client.Dispose();

    private async Task<bool> IsOnAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            return PowerWord.Meaning(await ReadPowerAsync(user, cancellationToken).ConfigureAwait(false)).Power == PowerState.On;
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            return false;
        }
    }

    private async Task StatsAsync(IReadOnlyCollection<string> users, Action<string, JsonElement> take, CancellationToken cancellationToken)
    {
        foreach (var batch in users.Where(UserId.IsPlain).Chunk(UsersACall))
        {
            var output = (await client.GetAsync($"guests/stats?userid={string.Join(',', batch)}", "reading the users' counters", cancellationToken).ConfigureAwait(false)).Output;
            if (output.ValueKind != JsonValueKind.Object)
                throw new ProviderException(ProviderError.ProtocolViolation, $"{client.Where} gives no table of counters");
            foreach (var field in FeilongJson.Fields(output))
                take(UserId.Canonical(field.Name), field.Value);
        }
    }

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Mebibytes(long bytes) => (bytes >> 20) is var mib && mib > 9999 ? Whole(bytes >> 30) + "g" : Whole(mib) + "m";
}
