using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Vm;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>A global zone of SmartOS, whose zones are vmadm's: their names are UUIDs, and people call them by their alias.</summary>
internal sealed class VmadmZone(CommandLine commands, HostFacts facts) : ZoneadmZone(commands, facts)
{
    private const string Brief = "uuid,alias,state,zone_state,brand,zonepath";

    /// <summary>vmadm reads the new zone's properties from its standard input.</summary>
    private const string CreateScript = "printf '%s' \"$1\" | vmadm create";

    private const string UpdateScript = "printf '%s' \"$2\" | vmadm update \"$1\"";

    private const string AroundScript = """
        echo '==anyvisor images'; imgadm list -j
        echo '==anyvisor tags'; nictagadm list -p -d :
        echo '==anyvisor end'
        """;

    /// <summary>Fewer are asked for one by one.</summary>
    private const int Few = 4;

    private readonly CommandLine _commands = commands;

    public override string Way => "vmadm";

    public override async Task<List<ZoneLine>> ListAsync(CancellationToken cancellationToken)
    {
        const string Doing = "list the zones";
        var lines = VmJson.Objects(await _commands.RunAsync(["vmadm", "lookup", "-j", "-o", Brief], Doing, changes: false, cancellationToken).ConfigureAwait(false), Doing).ConvertAll(VmJson.Line);
        return lines.DistinctBy(line => line.Name).Count() == lines.Count ? lines : throw new ProviderException(ProviderError.ProtocolViolation, "vmadm lists a zone twice.");
    }

    public override async Task<ZoneLine?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var doing = $"find zone '{name}'";
        var found = VmJson.Objects(await _commands.RunAsync(["vmadm", "lookup", "-j", "-o", Brief, "uuid=" + name], doing, changes: false, cancellationToken).ConfigureAwait(false), doing);
        return found.Count == 0 ? null : VmJson.Line(found[0]) is var line && line.Name == name ? line : throw new ProviderException(ProviderError.ProtocolViolation, $"Asked for zone '{name}', vmadm says another.");
    }

    public override async Task<Dictionary<string, ZoneShape>> DescribeAsync(IReadOnlyCollection<ZoneLine> zones, CancellationToken cancellationToken)
    {
        const string Doing = "read the properties of its zones";
        if (zones.Count == 0)
            return [];
        List<System.Text.Json.JsonElement> found = [];
        if (zones.Count > Few)
            found = VmJson.Objects(await _commands.RunAsync(["vmadm", "lookup", "-j"], Doing, changes: false, cancellationToken).ConfigureAwait(false), Doing);
        else
            foreach (var zone in zones)
                found.AddRange(VmJson.Objects(await _commands.RunAsync(["vmadm", "lookup", "-j", "uuid=" + zone.Name], Doing, changes: false, cancellationToken).ConfigureAwait(false), Doing));
        var wanted = zones.Select(zone => zone.Name).ToHashSet(StringComparer.Ordinal);
        return found.Where(vm => wanted.Contains(VmJson.Line(vm).Name)).ToDictionary(vm => VmJson.Line(vm).Name, VmJson.Shape, StringComparer.Ordinal);
    }

    public override async Task<Surroundings> SurroundingsAsync(CancellationToken cancellationToken)
    {
        const string Doing = "list its images and nic tags";
        var around = await base.SurroundingsAsync(cancellationToken).ConfigureAwait(false);
        var said = Sections.ByTitle(await _commands.ScriptAsync(AroundScript, [], "", Doing, changes: false, cancellationToken).ConfigureAwait(false), Doing);
        var tags = Sections.Lines(said.GetValueOrDefault("tags")).Select(line => line.Split(':')).Where(f => f[0].Length > 0);
        var images = said.GetValueOrDefault("images") is { } text && text.Trim().Length > 0 ? VmJson.Objects(text, Doing).Select(VmJson.Image).OfType<VmImage>() : [];
        return around with
        {
            Images = [.. images],
            Links = [.. around.Links.Concat(tags.Where(f => !around.Links.Any(l => l.Name == f[0])).Select(f => new Link(f[0], "nic-tag", true, null)))],
            Snapshots = [.. around.Snapshots.Where(s => s.Name.StartsWith(Connection.VmPrefix, StringComparison.Ordinal)).Select(s => s with { Name = s.Name[Connection.VmPrefix.Length..] })],
        };
    }

    public override Task DoAsync(string zone, string verb, CancellationToken cancellationToken)
    {
        string[] words = verb switch
        {
            "boot" => ["vmadm", "start", zone],
            "halt" => ["vmadm", "stop", zone, "-F"],
            "reboot" => ["vmadm", "reboot", zone, "-F"],
            _ => throw new ProviderException(ProviderError.NotCapable, $"vmadm can't {verb} a zone."),
        };
        return _commands.RunAsync(words, $"{verb} zone '{zone}'", changes: true, cancellationToken);
    }

    public override Task AskAsync(ZoneLine zone, bool restart, CancellationToken cancellationToken) =>
        _commands.ScriptAsync(Scripts.Ask, Privileged(["vmadm", restart ? "reboot" : "stop", zone.Name]), "", $"ask zone '{zone.Name}' to {(restart ? "reboot" : "shut down")}", changes: true, cancellationToken);

    /// <summary>Zones that share the kernel take another size at once; a virtual machine at its next start.</summary>
    public override async Task<bool> ResizeAsync(ZoneLine zone, int? vcpus, long? memory, CancellationToken cancellationToken)
    {
        var machine = zone.Brand is "bhyve" or "kvm";
        List<string> changes = [];
        if (vcpus is { } count)
            changes.Add(machine ? $"vcpus={count.ToString(CultureInfo.InvariantCulture)}" : $"cpu_cap={(count * 100).ToString(CultureInfo.InvariantCulture)}");
        if (memory is { } bytes)
            changes.AddRange(machine ? [$"ram={Megabytes(bytes)}"] : [$"max_physical_memory={Megabytes(bytes)}", $"max_locked_memory={Megabytes(bytes)}", $"max_swap={Megabytes(Math.Max(bytes, 256L << 20))}"]);
        await _commands.RunAsync(["vmadm", "update", zone.Name, .. changes], $"resize zone '{zone.Name}'", changes: true, cancellationToken).ConfigureAwait(false);
        return !machine || Mapping.State(zone.State).Power == Model.PowerState.Off;
    }

    public override Task RenameAsync(ZoneLine zone, string name, CancellationToken cancellationToken) =>
        _commands.RunAsync(["vmadm", "update", zone.Name, "alias=" + Alias(name)], $"rename zone '{zone.Name}'", changes: true, cancellationToken);

    /// <summary>SmartOS has tags of its own.</summary>
    public override async Task SetTagsAsync(ZoneLine zone, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var doing = $"tag zone '{zone.Name}'";
        var shapes = await DescribeAsync([zone], cancellationToken).ConfigureAwait(false);
        var before = shapes.GetValueOrDefault(zone.Name)?.Tags ?? throw new ProviderException(ProviderError.NotFound, $"Could not {doing}: it is not there any more.");
        var gone = before.Keys.Where(key => !tags.ContainsKey(key)).ToList();
        if (gone.Count > 0 || tags.Any(tag => before.GetValueOrDefault(tag.Key) != tag.Value))
            await _commands.ScriptAsync(UpdateScript, [zone.Name, VmJson.TagUpdate(tags, gone)], "", doing, changes: true, cancellationToken).ConfigureAwait(false);
    }

    public override Task StartJobAsync(string job, string zone, IReadOnlyList<string> verb, CancellationToken cancellationToken)
    {
        string[] words = verb[0] == "create" ? [Facts.Root ? "sh" : "pfsh", "-c", CreateScript, "sh", verb[1]] : Privileged(["vmadm", verb[0], zone]);
        return _commands.ScriptAsync(Scripts.StartJob, [job, .. words], "", $"{verb[0]} zone '{zone}'", changes: true, cancellationToken);
    }

    /// <summary>An alias may be any text to vmadm; ours is one that people can write.</summary>
    public static string Alias(string name) =>
        name.Length is > 0 and <= 189 && name.All(c => !char.IsControl(c)) && name[0] != '-'
            ? name
            : throw new ProviderException(ProviderError.InvalidArgument, $"'{ZoneNames.Shown(name)}' can't be a zone's alias: at most 189 characters, no control characters, and no '-' at the start.");

    private static string Megabytes(long bytes) => ((bytes + (1 << 20) - 1) >> 20).ToString(CultureInfo.InvariantCulture);
}
