using System.Collections.Immutable;
using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;

namespace Anyvisor.Drivers.SolarisZones.Rad;

/// <summary>A global zone of Solaris 11.4 by RAD's zone manager.</summary>
internal sealed class RadZone : GlobalZone
{
    private const int Connections = 4;
    private readonly RadClient _client;
    private readonly string _root;

    private RadZone(RadClient client, string root, HostFacts facts) => (_client, _root, Facts) = (client, root, facts);

    public override HostFacts Facts { get; }

    public override string Way => "RAD";

    public static async Task<GlobalZone> OpenAsync(Uri root, ProviderAddress address, CancellationToken cancellationToken)
    {
        if (address.User is not { } user || address.Password is not { } password)
            throw new ProviderException(ProviderError.AuthenticationFailed, $"RAD at {root.Authority} asks for a user and a password: give --user and --password-file.");
        var client = new RadClient(new ProviderHttp(root, ServerTrust.Of(address), Connections), user, password, root.Authority);
        try
        {
            var (api, version) = await VersionAsync(client, cancellationToken).ConfigureAwait(false);
            var facts = new HostFacts { Name = root.IdnHost, NativeId = root.IdnHost, Flavor = Flavor.Solaris11, Release = "Oracle Solaris 11.4", Version = "zonemgr " + version };
            return new RadZone(client, api, facts);
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async Task<List<ZoneLine>> ListAsync(CancellationToken cancellationToken)
    {
        const string Doing = "list the zones";
        var payload = await _client.CallAsync(HttpMethod.Get, _root + "Zone/?_rad_detail", null, Doing, cancellationToken).ConfigureAwait(false);
        return payload.ValueKind == JsonValueKind.Array
            ? [.. payload.EnumerateArray().Select(Line)]
            : throw new ProviderException(ProviderError.ProtocolViolation, $"Could not {Doing}: RAD's answer is no list.");
    }

    public override async Task<ZoneLine?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return Line(await _client.CallAsync(HttpMethod.Get, Zone(name) + "?_rad_detail", null, $"find zone '{name}'", cancellationToken).ConfigureAwait(false));
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            return null;
        }
    }

    public override async Task<Dictionary<string, ZoneShape>> DescribeAsync(IReadOnlyCollection<ZoneLine> zones, CancellationToken cancellationToken)
    {
        var shapes = new System.Collections.Concurrent.ConcurrentDictionary<string, ZoneShape>(StringComparer.Ordinal);
        // RAD has no call for several: four are on their way at once.
        await Parallel.ForEachAsync(zones, new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = cancellationToken }, async (zone, token) =>
        {
            if (await ConfigurationAsync(zone.Name, token).ConfigureAwait(false) is { } config)
                shapes[zone.Name] = ZoneShape.Of(config["zonepath"] is { } path ? zone with { Path = path } : zone, config);
        }).ConfigureAwait(false);
        return new Dictionary<string, ZoneShape>(shapes, StringComparer.Ordinal);
    }

    public override async Task<ZoneConfig?> ConfigurationAsync(string name, CancellationToken cancellationToken)
    {
        var doing = $"read the configuration of zone '{name}'";
        try
        {
            var export = await _client.CallAsync(HttpMethod.Put, Method(name, "exportConfig"), """{"reimport":true}""", doing, cancellationToken).ConfigureAwait(false);
            return export.ValueKind == JsonValueKind.String ? ZoneConfig.Parse(export.GetString()!) : throw new ProviderException(ProviderError.ProtocolViolation, $"Could not {doing}: RAD's answer is no text.");
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            return null;
        }
    }

    /// <summary>The zone manager knows no pools, links and snapshots.</summary>
    public override Task<Surroundings> SurroundingsAsync(CancellationToken cancellationToken) => Task.FromResult(new Surroundings());

    public override Task DoAsync(string zone, string verb, CancellationToken cancellationToken) =>
        _client.MethodAsync(Method(zone, verb), "{}", $"{verb} zone '{zone}'", cancellationToken);

    public override Task AskAsync(ZoneLine zone, bool restart, CancellationToken cancellationToken) =>
        _client.MethodAsync(Method(zone.Name, "shutdown"), restart ? """{"options":["-r"]}""" : """{"options":[]}""", $"ask zone '{zone.Name}' to {(restart ? "reboot" : "shut down")}", cancellationToken);

    public override async Task<string> ConfigureAsync(string zone, IReadOnlyList<string> commands, bool live, string doing, CancellationToken cancellationToken)
    {
        if (commands[0].StartsWith("create", StringComparison.Ordinal))
            return Said(await _client.MethodAsync(_root + "ZoneManager//_rad_method/importConfig", JsonSerializer.Serialize(new RadImport([string.Join('\n', commands) + "\n"], zone, false), RadJson.Default.RadImport), doing, cancellationToken).ConfigureAwait(false));
        if (commands[0].StartsWith("delete", StringComparison.Ordinal))
            return Said(await _client.MethodAsync(_root + "ZoneManager//_rad_method/delete", JsonSerializer.Serialize(new RadName(zone), RadJson.Default.RadName), doing, cancellationToken).ConfigureAwait(false));
        await _client.MethodAsync(Method(zone, "editConfig"), live ? """{"liveMode":true}""" : "{}", doing, cancellationToken).ConfigureAwait(false);
        foreach (var (method, body) in Edits(commands))
            await _client.MethodAsync(Method(zone, method), body, doing, cancellationToken).ConfigureAwait(false);
        return Said(await _client.MethodAsync(Method(zone, "commitConfig"), "{}", doing, cancellationToken).ConfigureAwait(false));
    }

    public override Task RenameAsync(ZoneLine zone, string name, CancellationToken cancellationToken) =>
        _client.MethodAsync(Method(zone.Name, "rename"), JsonSerializer.Serialize(new RadName(name), RadJson.Default.RadName), $"rename zone '{zone.Name}' to '{name}'", cancellationToken);

    /// <summary>The call lasts as long as the work: there is no job to look at afterwards.</summary>
    public override Task StartJobAsync(string job, string zone, IReadOnlyList<string> verb, CancellationToken cancellationToken) =>
        _client.MethodAsync(Method(zone, verb[0]), JsonSerializer.Serialize(new RadOptions([.. verb.Skip(1)]), RadJson.Default.RadOptions), $"{verb[0]} zone '{zone}'", cancellationToken);

    public override Task<Job> LookAtJobAsync(string job, CancellationToken cancellationToken) => Task.FromResult(default(Job));

    public override Task ForgetJobAsync(string job, CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask DisposeAsync() => _client.DisposeAsync();

    /// <summary>An object of the list, or a single one, which some releases wrap.</summary>
    public static ZoneLine Line(JsonElement said)
    {
        var zone = said.ValueKind == JsonValueKind.Object && said.TryGetProperty("Zone", out var inner) ? inner : said;
        var (name, state) = (RadClient.Text(zone, "name"), RadClient.Text(zone, "state"));
        if (name is null || state is null || name.Length > 128 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
            throw new ProviderException(ProviderError.ProtocolViolation, $"RAD says a zone that is none: '{ZoneNames.Shown(said.ValueKind == JsonValueKind.Undefined ? "" : said.GetRawText())}'.");
        ImmutableArray<string> auxiliary = zone.TryGetProperty("auxstate", out var aux) && aux.ValueKind == JsonValueKind.Array
            ? [.. aux.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.String).Select(a => a.GetString()!)]
            : [];
        var uuid = RadClient.Text(zone, "uuid");
        return new ZoneLine(name, state, "", uuid is { Length: > 0 } ? Guid.TryParseExact(uuid, "D", out var id) ? id : throw new ProviderException(ProviderError.ProtocolViolation, $"RAD says a uuid that is none: '{ZoneNames.Shown(uuid)}'.") : null, RadClient.Text(zone, "brand") ?? "", "", auxiliary);
    }

    // The version in the URL follows the release: 1.2 and 1.6 and 1.7 were met. Newer ones answer to the older numbers.
    private static async Task<(string Root, string Version)> VersionAsync(RadClient client, CancellationToken cancellationToken)
    {
        ProviderException? last = null;
        foreach (var version in (string[])["1.7", "1.6", "1.5", "1.4", "1.3", "1.2", "1.1", "1.0", "2.0"])
            try
            {
                var root = $"api/com.oracle.solaris.rad.zonemgr/{version}/";
                await client.CallAsync(HttpMethod.Get, root + "ZoneInfo/?_rad_detail", null, "find RAD's zone manager", cancellationToken).ConfigureAwait(false);
                return (root, version);
            }
            catch (ProviderException e) when (e.Error == ProviderError.NotFound)
            {
                last = e;
            }
        throw new ProviderException(ProviderError.NotCapable, $"{client.Host} has RAD and no zone manager in it: install the package system/management/rad/module/rad-zonemgr.", last);
    }

    /// <summary>The few edits that we make of zonecfg's language, as RAD's methods.</summary>
    private static IEnumerable<(string Method, string Body)> Edits(IReadOnlyList<string> commands)
    {
        for (var i = 0; i < commands.Count; i++)
        {
            var (word, rest) = (commands[i].Split(' ')[0], commands[i].IndexOf(' ', StringComparison.Ordinal) is var at and > 0 ? commands[i][(at + 1)..] : "");
            if (word is not ("add" or "select"))
                continue;
            var type = rest.Split(' ')[0];
            List<RadProperty> filter = [.. rest.Split(' ').Skip(1).Select(Property)];
            List<RadProperty> properties = [];
            while (++i < commands.Count && commands[i] != "end")
                properties.Add(Property(commands[i]["set ".Length..]));
            yield return word == "add"
                ? ("addResource", JsonSerializer.Serialize(new RadResource(new RadFilter(type, properties)), RadJson.Default.RadResource))
                : ("setResourceProperties", JsonSerializer.Serialize(new RadSetProperties(new RadFilter(type, filter), properties), RadJson.Default.RadSetProperties));
        }
    }

    private static RadProperty Property(string assignment) => assignment.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? new RadProperty(assignment[..at], assignment[(at + 1)..].Trim('"')) : new RadProperty(assignment, "");

    private string Zone(string name) => $"{_root}Zone/{Uri.EscapeDataString(name)}";

    private string Method(string zone, string method) => $"{Zone(zone)}/_rad_method/{method}";

    private static string Said(JsonElement result) => $"{RadClient.Text(result, "stdout")}{RadClient.Text(result, "stderr")}";
}
