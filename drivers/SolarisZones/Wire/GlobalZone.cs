using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Ssh;
using Anyvisor.Drivers.SolarisZones.Inventory;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>How far a long command got.</summary>
internal enum JobState : byte
{
    /// <summary>Never begun, or forgotten.</summary>
    None,
    Running,
    Ended,

    /// <summary>Begun, and its process is gone without having said how it ended: the host went down.</summary>
    Lost,
}

/// <param name="State">How far.</param>
/// <param name="Code">Its exit code where it has ended.</param>
/// <param name="Said">Its last words.</param>
internal readonly record struct Job(JobState State, int Code, string Said);

/// <summary>
/// A global zone by whichever way leads to it: zoneadm and vmadm over SSH, RAD over HTTPS. Zones are named by the name that
/// the system's own commands take. Thread-safe.
/// </summary>
internal abstract class GlobalZone : IAsyncDisposable
{
    public abstract HostFacts Facts { get; }

    /// <summary>The way's own name, for errors: zoneadm, vmadm, RAD.</summary>
    public abstract string Way { get; }

    /// <summary>All zones, the global one too.</summary>
    public abstract Task<List<ZoneLine>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The zone of that name; null when the system says that there is none.</summary>
    public abstract Task<ZoneLine?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>What the zones are, by name. One that went meanwhile is not in it.</summary>
    public abstract Task<Dictionary<string, ZoneShape>> DescribeAsync(IReadOnlyCollection<ZoneLine> zones, CancellationToken cancellationToken);

    /// <summary>A zone's configuration; null when there is no such zone.</summary>
    public abstract Task<ZoneConfig?> ConfigurationAsync(string name, CancellationToken cancellationToken);

    public abstract Task<Surroundings> SurroundingsAsync(CancellationToken cancellationToken);

    /// <summary>Does one of the system's own verbs, to its end: <c>boot</c>, <c>halt</c>, <c>reboot</c>, <c>suspend</c>, <c>detach</c>.</summary>
    public abstract Task DoAsync(string zone, string verb, CancellationToken cancellationToken);

    /// <summary>Asks the operating system in a zone to end, or to start again; returns when it is asked.</summary>
    public abstract Task AskAsync(ZoneLine zone, bool restart, CancellationToken cancellationToken);

    /// <summary>Runs commands of zonecfg's language and gives what it said.</summary>
    /// <param name="zone">Made by them, where it is not there.</param>
    /// <param name="commands">Of words that were judged before.</param>
    /// <param name="live">Change the running zone, not its configuration.</param>
    /// <param name="doing">For errors.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    public abstract Task<string> ConfigureAsync(string zone, IReadOnlyList<string> commands, bool live, string doing, CancellationToken cancellationToken);

    /// <summary>Gives a zone another size; false when it has it at its next start only.</summary>
    public virtual async Task<bool> ResizeAsync(ZoneLine zone, int? vcpus, long? memory, CancellationToken cancellationToken)
    {
        var doing = $"resize zone '{zone.Name}'";
        var config = await ConfigurationAsync(zone.Name, cancellationToken).ConfigureAwait(false)
            ?? throw new ProviderException(ProviderError.NotFound, $"Could not {doing}: it is not there any more.");
        var commands = SizeEdits.Of(zone.Brand, config, vcpus, memory);
        _ = await ConfigureAsync(zone.Name, commands, live: false, doing, cancellationToken).ConfigureAwait(false);
        if (Mapping.State(zone.State).Power == Model.PowerState.Off)
            return true;
        if (!Facts.HasLiveConfiguration)
            return false;
        try
        {
            var said = await ConfigureAsync(zone.Name, commands, live: true, doing, cancellationToken).ConfigureAwait(false);
            // 'warning: operation succeeded partially for capped memory (requested: 4G, final: 4.75G)'
            return !said.Contains("partially", StringComparison.Ordinal);
        }
        catch (ProviderException e) when (!e.OutcomeUnknown && e.Error is not (ProviderError.Unreachable or ProviderError.TimedOut))
        {
            // What a running zone can't take, it has after its next start: its configuration has it already.
            return false;
        }
    }

    public virtual Task RenameAsync(ZoneLine zone, string name, CancellationToken cancellationToken) =>
        ConfigureAsync(zone.Name, [$"set zonename={name}"], live: false, $"rename zone '{zone.Name}' to '{name}'", cancellationToken);

    /// <summary>Gives a zone exactly these tags.</summary>
    public virtual async Task SetTagsAsync(ZoneLine zone, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var doing = $"tag zone '{zone.Name}'";
        var config = await ConfigurationAsync(zone.Name, cancellationToken).ConfigureAwait(false)
            ?? throw new ProviderException(ProviderError.NotFound, $"Could not {doing}: it is not there any more.");
        if (ZoneTags.Edits(config, tags) is { Count: > 0 } commands)
            _ = await ConfigureAsync(zone.Name, commands, live: false, doing, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins a long command on a zone (<c>install</c>, <c>clone</c>, <c>attach</c>, <c>uninstall</c>, <c>migrate</c>), unless a job of that name was begun before.</summary>
    public abstract Task StartJobAsync(string job, string zone, IReadOnlyList<string> verb, CancellationToken cancellationToken);

    public abstract Task<Job> LookAtJobAsync(string job, CancellationToken cancellationToken);

    public abstract Task ForgetJobAsync(string job, CancellationToken cancellationToken);

    /// <summary>The commands behind it, where it is reached by any.</summary>
    public virtual CommandLine? Commands => null;

    public abstract ValueTask DisposeAsync();
}

/// <summary>A global zone whose commands are called over SSH.</summary>
internal class ZoneadmZone(CommandLine commands, HostFacts facts) : GlobalZone
{
    /// <summary>How many configurations are asked for with one command.</summary>
    private const int Batch = 1000;

    public override HostFacts Facts => facts;

    public override string Way => "zoneadm";

    public override CommandLine Commands => commands;

    public static async Task<GlobalZone> OpenAsync(SshTarget target, CancellationToken cancellationToken)
    {
        var commands = new CommandLine(await SshClient.ConnectAsync(target, "ssh", cancellationToken).ConfigureAwait(false), target.Host);
        try
        {
            var facts = HostFacts.Parse(await commands.ScriptAsync(Scripts.Probe, [], "", $"ask {target.Host} what it is", changes: false, cancellationToken).ConfigureAwait(false));
            commands.SignedInAs(facts.Root);
            return facts.HasVmadm ? new VmadmZone(commands, facts) : new ZoneadmZone(commands, facts);
        }
        catch
        {
            await commands.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async Task<List<ZoneLine>> ListAsync(CancellationToken cancellationToken)
    {
        const string Doing = "list the zones";
        var output = await commands.ScriptAsync(Scripts.List, [facts.HasLiveConfiguration ? "auxiliary" : "plain"], "", Doing, changes: false, cancellationToken).ConfigureAwait(false);
        var said = Sections.ByTitle(output, Doing);
        return WithAuxiliary(ZoneList.ParseAll(said[""]), said.GetValueOrDefault("auxiliary"));
    }

    public override async Task<ZoneLine?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var doing = $"find zone '{name}'";
        var result = await commands.TryAsync(["zoneadm", "-z", name, "list", "-p"], doing, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            var e = CommandErrors.Translate("zoneadm", result.ExitCode, result.Error, doing);
            return e.Error == ProviderError.NotFound ? null : throw e;
        }
        var zone = ZoneList.Parse(result.Output) is [var only] && only.Name == name
            ? only
            : throw new ProviderException(ProviderError.ProtocolViolation, $"Asked for zone '{name}', zoneadm says '{ZoneNames.Shown(result.Output)}'.");
        if (!facts.HasLiveConfiguration)
            return zone;
        var auxiliary = await commands.TryAsync(["zoneadm", "-z", name, "list", "-s"], doing, cancellationToken).ConfigureAwait(false);
        return WithAuxiliary([zone], auxiliary.ExitCode == 0 ? auxiliary.Output : null)[0];
    }

    public override async Task<Dictionary<string, ZoneShape>> DescribeAsync(IReadOnlyCollection<ZoneLine> zones, CancellationToken cancellationToken)
    {
        const string Doing = "read the configurations of its zones";
        var shapes = new Dictionary<string, ZoneShape>(zones.Count, StringComparer.Ordinal);
        foreach (var batch in zones.Chunk(Batch))
        {
            var names = string.Concat(batch.Select(zone => zone.Name + "\n"));
            var output = await commands.ScriptAsync(Scripts.Configurations, [], names, Doing, changes: false, cancellationToken).ConfigureAwait(false);
            var exports = Exports(Sections.Read(output, Doing));
            foreach (var zone in batch)
                if (!exports.TryGetValue(zone.Name, out var said))
                    throw new ProviderException(ProviderError.ProtocolViolation, $"Could not {Doing}: '{zone.Name}' is not in the answer.");
                else if (said.Code == 0)
                    shapes[zone.Name] = ZoneShape.Of(zone, ZoneConfig.Parse(said.Text));
                else if (CommandErrors.Of(said.Text) != ProviderError.NotFound)
                    throw CommandErrors.Translate("zonecfg", said.Code, said.Text, $"read the configuration of zone '{zone.Name}'");
        }
        return shapes;
    }

    public override async Task<ZoneConfig?> ConfigurationAsync(string name, CancellationToken cancellationToken)
    {
        var doing = $"read the configuration of zone '{name}'";
        var result = await commands.TryAsync(["zonecfg", "-z", name, "export"], doing, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0)
            return ZoneConfig.Parse(result.Output);
        var e = CommandErrors.Translate("zonecfg", result.ExitCode, result.Error, doing);
        return e.Error == ProviderError.NotFound ? null : throw e;
    }

    public override async Task<Surroundings> SurroundingsAsync(CancellationToken cancellationToken) =>
        Surroundings.Parse(await commands.ScriptAsync(Scripts.Surroundings, [facts.Flavor == Flavor.Solaris10 ? "old" : "new"], "", "list its pools, links and snapshots", changes: false, cancellationToken).ConfigureAwait(false));

    public override Task DoAsync(string zone, string verb, CancellationToken cancellationToken) =>
        commands.RunAsync(["zoneadm", "-z", zone, verb], $"{verb} zone '{zone}'", changes: true, cancellationToken);

    public override Task AskAsync(ZoneLine zone, bool restart, CancellationToken cancellationToken)
    {
        // Solaris 10 has no 'zoneadm shutdown': its init is asked from within.
        string[] words = facts.Flavor == Flavor.Solaris10
            ? ["zlogin", zone.Name, "/usr/sbin/shutdown", "-y", "-g0", restart ? "-i6" : "-i5"]
            : restart ? ["zoneadm", "-z", zone.Name, "shutdown", "-r"] : ["zoneadm", "-z", zone.Name, "shutdown"];
        return commands.ScriptAsync(Scripts.Ask, Privileged(words), "", $"ask zone '{zone.Name}' to {(restart ? "reboot" : "shut down")}", changes: true, cancellationToken);
    }

    public override Task<string> ConfigureAsync(string zone, IReadOnlyList<string> commandsOfZonecfg, bool live, string doing, CancellationToken cancellationToken)
    {
        string[] words = live ? ["zonecfg", "-z", zone, "-r"] : ["zonecfg", "-z", zone];
        return commands.RunAsync([.. words, string.Join("; ", commandsOfZonecfg)], doing, changes: true, cancellationToken);
    }

    public override Task StartJobAsync(string job, string zone, IReadOnlyList<string> verb, CancellationToken cancellationToken) =>
        commands.ScriptAsync(Scripts.StartJob, [job, .. Privileged(["zoneadm", "-z", zone, .. verb])], "", $"{verb[0]} zone '{zone}'", changes: true, cancellationToken);

    public override async Task<Job> LookAtJobAsync(string job, CancellationToken cancellationToken)
    {
        var doing = $"look how far '{job}' got";
        var output = Sections.ByTitle(await commands.ScriptAsync(Scripts.LookAtJob, [job], "", doing, changes: false, cancellationToken).ConfigureAwait(false), doing)[""];
        var end = output.IndexOf('\n', StringComparison.Ordinal);
        var (word, said) = end < 0 ? (output.Trim(), "") : (output[..end].Trim(), output[(end + 1)..]);
        return word switch
        {
            "none" => new Job(JobState.None, 0, said),
            "running" => new Job(JobState.Running, 0, said),
            "lost" => new Job(JobState.Lost, 0, said),
            _ when word.StartsWith("ended ", StringComparison.Ordinal) && int.TryParse(word.AsSpan(6), out var code) => new Job(JobState.Ended, code, said),
            _ => throw new ProviderException(ProviderError.ProtocolViolation, $"Could not {doing}: the answer is '{ZoneNames.Shown(word)}'."),
        };
    }

    public override Task ForgetJobAsync(string job, CancellationToken cancellationToken) =>
        commands.ScriptAsync(Scripts.ForgetJob, [job], "", $"forget the job '{job}'", changes: false, cancellationToken);

    public override ValueTask DisposeAsync() => commands.DisposeAsync();

    protected string[] Privileged(string[] words) => facts.Root ? words : ["pfexec", .. words];

    private static List<ZoneLine> WithAuxiliary(List<ZoneLine> zones, string? said)
    {
        if (said is null || ZoneList.ParseAuxiliary(said) is not { Count: > 0 } auxiliary)
            return zones;
        for (var i = 0; i < zones.Count; i++)
            if (auxiliary.TryGetValue(zones[i].Name, out var words))
                zones[i] = zones[i] with { Auxiliary = words };
        return zones;
    }

    private static Dictionary<string, (int Code, string Text)> Exports(List<(string Title, string Text)> sections)
    {
        var exports = new Dictionary<string, (int, string)>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < sections.Count; i++)
            if (sections[i].Title.StartsWith("zone ", StringComparison.Ordinal) && sections[i + 1].Title.StartsWith("code ", StringComparison.Ordinal)
                && int.TryParse(sections[i + 1].Title.AsSpan(5), out var code))
                exports[sections[i].Title[5..]] = (code, sections[i].Text);
        return exports;
    }
}
