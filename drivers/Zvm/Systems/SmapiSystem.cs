using System.Collections.Frozen;
using System.Collections.Immutable;
using Anyvisor.Drivers.Zvm.Wire.Smapi;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm.Systems;

/// <summary>A z/VM system through its Systems Management API: what it tells.</summary>
internal sealed partial class SmapiSystem(SmapiClient client, string name, string level) : IZvmSystem
{
    /// <summary>A disk that every CMS user has a link to: who links to it, is told with the system's name.</summary>
    private const string SystemDiskOwner = "MAINT";
    private const string SystemDisk = "190";

    public string Product => "z/VM Systems Management API";

    public string ProductVersion => level;

    internal static async Task<SmapiSystem> ConnectAsync(SmapiClient client, CancellationToken cancellationToken)
    {
        try
        {
            var check = await client.QueryAsync("Query_API_Functional_Level", client.User, null, cancellationToken).ConfigureAwait(false);
            if (!check.Succeeded)
                throw client.Failure(check, "Query_API_Functional_Level", client.User, "signing in");
            return new SmapiSystem(client, await NameAsync(client, cancellationToken).ConfigureAwait(false), Level(check.ReasonCode));
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async Task<SystemFacts> ReadSystemAsync(CancellationToken cancellationToken)
    {
        var information = await AskAsync("System_Information_Query", client.User, null, "reading the system", cancellationToken).ConfigureAwait(false);
        var performance = await AskAsync("System_Performance_Info_Query", client.User, null, "reading the system's load", cancellationToken).ConfigureAwait(false);
        return SmapiOutputs.System(name, SmapiOutputs.Lines(information, "System_Information_Query"), SmapiOutputs.Lines(performance, "System_Performance_Info_Query"));
    }

    public async Task<ClusterFacts?> ReadClusterAsync(CancellationToken cancellationToken)
    {
        var reply = await client.QueryAsync("SSI_Query", client.User, null, cancellationToken).ConfigureAwait(false);
        // A system that is no member says so by a code; one that has no such function too.
        return reply.Succeeded ? SmapiOutputs.Cluster(reply, "SSI_Query") : null;
    }

    public async Task<ImmutableArray<string>> ListUsersAsync(CancellationToken cancellationToken) =>
        [.. SmapiOutputs.Texts(await AskAsync("Image_Name_Query_DM", client.User, null, "listing the users", cancellationToken).ConfigureAwait(false), "Image_Name_Query_DM").Select(UserId.Canonical).Distinct(StringComparer.Ordinal)];

    public Task<FrozenSet<string>?> ListManagedAsync(CancellationToken cancellationToken) => Task.FromResult<FrozenSet<string>?>(null);

    public async Task<Dictionary<string, RunningFacts>> ListRunningAsync(IReadOnlyCollection<string> users, CancellationToken cancellationToken)
    {
        // One call for all of them; alone, a user is asked for alone.
        if (users.Count == 1)
        {
            var user = users.First();
            var alone = await client.QueryAsync("Image_Status_Query", user, null, cancellationToken).ConfigureAwait(false);
            return PowerWord.Meaning(alone.Code).Power is PowerState.On ? new Dictionary<string, RunningFacts>(StringComparer.Ordinal) { [user] = new RunningFacts() }
                : alone.ReturnCode is 0 or 200 ? []
                : throw client.Failure(alone, "Image_Status_Query", user, $"reading the state of {user}");
        }
        var reply = await AskAsync("Image_Status_Query", "*", null, "listing who is logged on", cancellationToken).ConfigureAwait(false);
        var running = new Dictionary<string, RunningFacts>(StringComparer.Ordinal);
        foreach (var user in SmapiOutputs.Texts(reply, "Image_Status_Query"))
            running[UserId.Canonical(user)] = new RunningFacts();
        return running;
    }

    public async Task<string> ReadPowerAsync(string user, CancellationToken cancellationToken)
    {
        var reply = await client.QueryAsync("Image_Status_Query", user, null, cancellationToken).ConfigureAwait(false);
        return (reply.ReturnCode, reply.ReasonCode) is (0, 0 or 12) or (200, 12 or 16) ? reply.Code : throw client.Failure(reply, "Image_Status_Query", user, $"reading the state of {user}");
    }

    public async Task<ImmutableArray<string>> ReadEntryAsync(string user, CancellationToken cancellationToken) =>
        SmapiOutputs.Texts(await AskAsync("Image_Query_DM", user, null, $"reading the directory entry of {user}", cancellationToken).ConfigureAwait(false), "Image_Query_DM");

    public async Task<ImmutableArray<AdapterFacts>> ReadAdaptersAsync(string user, CancellationToken cancellationToken)
    {
        var reply = await client.QueryAsync("Virtual_Network_Adapter_Query", user, parameters => parameters.Text("*"), cancellationToken).ConfigureAwait(false);
        return !reply.Succeeded ? [] : [.. SmapiOutputs.Adapters(reply, "Virtual_Network_Adapter_Query").Select(adapter => new AdapterFacts(adapter.Vdev.ToUpperInvariant().PadLeft(4, '0'), adapter.Lan.Length > 0 ? adapter.Lan : null, null, []))];
    }

    public async Task<RunningFacts?> ReadRunningAsync(string user, CancellationToken cancellationToken)
    {
        const string Function = "Image_Active_Configuration_Query";
        var reply = await client.QueryAsync(Function, user, null, cancellationToken).ConfigureAwait(false);
        if (!reply.Succeeded)
            return null; // Logged off meanwhile, or not ours to ask about: what the directory says stands.
        var active = SmapiOutputs.Active(reply, Function);
        return new RunningFacts(active.Cpus > 0 ? active.Cpus : null, active.Memory);
    }

    public Task<InsideFacts?> ReadInsideAsync(string user, CancellationToken cancellationToken) => Task.FromResult<InsideFacts?>(null);

    public async Task<ImmutableArray<NetworkFacts>> ListNetworksAsync(CancellationToken cancellationToken)
    {
        var reply = await client.QueryAsync("Virtual_Network_Vswitch_Query", client.User, parameters => parameters.Text("*"), cancellationToken).ConfigureAwait(false);
        if ((reply.ReturnCode, reply.ReasonCode) is (212, 40))
            return [];
        if (!reply.Succeeded)
            throw client.Failure(reply, "Virtual_Network_Vswitch_Query", "*", "listing the virtual switches");
        // Status 1 is defined, 3 and above are of those with devices; transport 1 is IP, 2 Ethernet.
        return [.. SmapiOutputs.Switches(reply, "Virtual_Network_Vswitch_Query").Select(found => new NetworkFacts(found.Name.ToUpperInvariant(), found.Status != 0, found.Transport switch { 1 => "ip", 2 => "ethernet", _ => null }, found.Vlan > 0 ? found.Vlan : null, found.RealDevices))];
    }

    public Task<ImmutableArray<ImageFacts>> ListImagesAsync(CancellationToken cancellationToken) => Task.FromResult<ImmutableArray<ImageFacts>>([]);

    public Task<Dictionary<string, CounterFacts>> ReadCountersAsync(IReadOnlyCollection<string> users, CancellationToken cancellationToken) => Task.FromResult<Dictionary<string, CounterFacts>>([]);

    public void Dispose() => client.Dispose();

    private async Task<SmapiReply> AskAsync(string function, string target, Action<SmapiWriter>? parameters, string what, CancellationToken cancellationToken)
    {
        var reply = await client.QueryAsync(function, target, parameters, cancellationToken).ConfigureAwait(false);
        return reply.Succeeded ? reply : throw client.Failure(reply, function, target, what);
    }

    private static async Task<string> NameAsync(SmapiClient client, CancellationToken cancellationToken)
    {
        var reply = await client.QueryAsync("Image_MDISK_Link_Query", SystemDiskOwner, parameters => parameters.Pair("vdev", SystemDisk), cancellationToken).ConfigureAwait(false);
        var line = reply.Succeeded ? SmapiOutputs.Lines(reply, "Image_MDISK_Link_Query").FirstOrDefault() : null;
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()?.ToUpperInvariant() ?? client.Where.Split(':', '.')[0].ToUpperInvariant();
    }

    // The reason code of Query_API_Functional_Level: 640 for 6.4, 710 for 7.1; 0 for 5.3 and before.
    private static string Level(int reason) => reason >= 100 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{reason / 100}.{reason / 10 % 10}") : "5";
}
