using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Drivers.SolarisZones.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones;

internal sealed partial class Connection : IGuestCreate, IGuestClone, IGuestDelete
{
    public static ImmutableArray<Setting> GuestSettings { get; } =
    [
        new()
        {
            Name = "brand", Type = SettingType.Choice, Help = "The zone's brand; the system's own by default.",
            Choices = ["solaris", "solaris-kz", "solaris10", "native", "ipkg", "lipkg", "sparse", "pkgsrc", "illumos", "lx", "joyent", "joyent-minimal", "bhyve", "kvm"],
        },
        new() { Name = "zonepath", Help = "Where its files go; below the path of the other zones by default." },
        new() { Name = "archive", Help = "A file at the global zone that it is installed from: a unified archive, a flash archive, a zone image or a tarball." },
        new() { Name = "profile", Help = "A system configuration profile (sc_profile.xml) at the global zone, for its first boot (Solaris 11)." },
        new() { Name = "address", Help = "The IP address of its first nic, with its prefix length." },
        new() { Name = "autoboot", Type = SettingType.Boolean, Default = "false", Help = "Whether it is booted with its global zone." },
    ];

    public async Task<WorkPlan> PlanCreateAsync(CreateGuest request, string taskId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireRoom(request.Vcpus, request.Memory);
        if (request.Host is { } host && host != Facts.Name)
            throw new ProviderException(ProviderError.NotFound, $"There is no host '{host}' here: this provider is the global zone {Facts.Name}.");
        var around = await _zone.SurroundingsAsync(cancellationToken).ConfigureAwait(false);
        foreach (var network in request.Networks)
            if (_zone.Commands is null)
                throw new ProviderException(ProviderError.InvalidArgument, $"RAD's zone manager shows no links, so '{ZoneNames.Shown(network)}' can't be checked: leave the network out to have the system choose one, or add the global zone by ssh://.");
            else if (!around.Links.Any(link => link.Name == network))
                throw new ProviderException(ProviderError.NotFound, $"{Facts.Name} has no link '{ZoneNames.Shown(network)}': there are {string.Join(", ", around.Links.Select(l => l.Name).Take(20))}.");
        if (request.Datastore is { } store && !around.Pools.Any(pool => pool.Name == store))
            throw new ProviderException(ProviderError.NotFound, $"{Facts.Name} has no pool '{ZoneNames.Shown(store)}': there are {string.Join(", ", around.Pools.Select(p => p.Name))}.");
        if (_zone is VmadmZone)
            return VmPlans.Create(Facts, around, request, taskId, await _zone.ListAsync(cancellationToken).ConfigureAwait(false), await TakenTitlesAsync(request.Name, cancellationToken).ConfigureAwait(false));
        if (request.Image is { } image)
            throw new ProviderException(ProviderError.NotFound, $"{Facts.Name} keeps no images, so it has no '{ZoneNames.Shown(image)}': a zone is installed from the system's packages, or from --set archive=FILE.");
        var name = ZoneNames.Require(request.Name);
        await RequireFreeNameAsync(name, cancellationToken).ConfigureAwait(false);
        var brand = request.Settings.GetValueOrDefault("brand", NewZone.DefaultBrand(Facts));
        if (brand is "bhyve" or "kvm" or "joyent" or "joyent-minimal" || !Mapping.BrandWords.Contains(brand))
            throw new ProviderException(ProviderError.NotCapable, $"A zone of brand '{ZoneNames.Shown(brand)}' can't be made on {Facts.Release} by zonecfg and zoneadm alone.");
        var archive = request.Settings.GetValueOrDefault("archive") is { } file ? ZoneNames.RequirePath(file, "an archive") : null;
        if (archive is null && brand is "lx" or "solaris10" or "illumos")
            throw new ProviderException(ProviderError.InvalidArgument, $"A zone of brand {brand} is installed from a file: give --set archive=/path/at/the/global/zone.");
        var path = await PathAsync(request, name, around, brand, cancellationToken).ConfigureAwait(false);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        steps.Add(ConfigureStep.For(name, NewZone.Commands(Facts, request, brand, path, taskId)));
        steps.Add(FillStep.For(name, $"Install the zone {name}", InstallVerb(request, brand, archive)));
        if (request.Start)
            steps.Add(BootStep.For(name));
        return new WorkPlan { Steps = steps.ToImmutable(), Host = Facts.Name };
    }

    public async Task<WorkPlan> PlanCloneAsync(Guest source, CloneGuest request, string taskId, CancellationToken cancellationToken)
    {
        var line = await LocateAsync(source, cancellationToken).ConfigureAwait(false);
        if (Lacks(Verb.Clone, source) is { Reason: { } reason })
            throw new ProviderException(ProviderError.NotCapable, reason.Text);
        var name = ZoneNames.Require(request.Name);
        await RequireFreeNameAsync(name, cancellationToken).ConfigureAwait(false);
        if (Mapping.State(line.State) is not { Power: PowerState.Off, Lifecycle: Lifecycle.Provisioned })
            throw Conflict(source, $"is '{line.State}': only an installed zone that is off can be cloned.");
        var config = await _zone.ConfigurationAsync(line.Name, cancellationToken).ConfigureAwait(false)
            ?? throw new ProviderException(ProviderError.NotFound, $"{Facts.Name} has no zone '{source.Name}' any more.");
        var path = config["zonepath"] is { } own && own.EndsWith("/" + line.Name, StringComparison.Ordinal) ? own[..^line.Name.Length] + name
            : config["zonepath"] is { } templated && templated.Contains("%{zonename}", StringComparison.Ordinal) ? templated
            : config["zonepath"] is null ? null
            : await DefaultPathAsync(name, cancellationToken).ConfigureAwait(false);
        var (commands, left) = NewZone.Clone(Facts, config, name, path is null ? null : ZoneNames.RequirePath(path, "a zone's path"), taskId);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        steps.Add(ConfigureStep.For(name, commands));
        string[] verb = request.Linked == false ? ["clone", "-m", "copy", line.Name] : ["clone", line.Name];
        steps.Add(FillStep.For(name, $"Clone the zone {line.Name} to {name}", verb, "clone"));
        if (request.Start)
            steps.Add(BootStep.For(name));
        return new WorkPlan
        {
            Steps = steps.ToImmutable(),
            Host = Facts.Name,
            Concerns = left.Count == 0 ? [] : [new Concern("zones.clone-leaves", ConcernSeverity.Information, "Not in the clone", $"Two zones can't have the same {string.Join(", ", left)}: the clone goes without.", "Set them anew with zonecfg.")],
        };
    }

    public async Task<WorkPlan> PlanDeleteAsync(Guest guest, bool keepDisks, string taskId, CancellationToken cancellationToken)
    {
        var line = await LocateAsync(guest, cancellationToken).ConfigureAwait(false);
        var state = Mapping.State(line.State);
        if (state.Power is not PowerState.Off || line.State is "ready" or "mounted" or "down")
            throw Conflict(guest, $"is '{line.State}': stop it before it is deleted.");
        if (_zone is VmadmZone)
            return keepDisks
                ? throw new ProviderException(ProviderError.NotCapable, "vmadm deletes a zone with its datasets: copy them first by zfs send.")
                : new WorkPlan { Steps = [VmDeleteStep.For(line, guest.Name)], Host = Facts.Name };
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        if (line.State != "configured")
            steps.Add(EmptyStep.For(line, keepDisks));
        steps.Add(DeleteStep.For(line.Name));
        return new WorkPlan { Steps = steps.ToImmutable(), Host = Facts.Name };
    }

    private List<string> InstallVerb(CreateGuest request, string brand, string? archive)
    {
        List<string> verb = ["install"];
        if (brand == "solaris-kz" && request.Disk is { } disk)
            verb.AddRange(["-x", $"install-size={ZoneSizes.Text(disk)}"]);
        if (request.Settings.GetValueOrDefault("profile") is { } profile && Facts.Flavor == Flavor.Solaris11)
            verb.AddRange(["-c", ZoneNames.RequirePath(profile, "a profile")]);
        if (archive is not null)
            verb.AddRange(brand is "lx" ? ["-t", archive] : brand is "solaris10" || Facts.Flavor == Flavor.Solaris10 ? ["-u", "-a", archive] : brand is "illumos" ? ["-s", archive] : ["-a", archive]);
        return verb;
    }

    /// <summary>Null where the system's own default is right.</summary>
    private async Task<string?> PathAsync(CreateGuest request, string name, Surroundings around, string brand, CancellationToken cancellationToken)
    {
        if (request.Settings.GetValueOrDefault("zonepath") is { } given)
            return ZoneNames.RequirePath(given, "a zone's path");
        if (request.Datastore is { } store)
        {
            var mount = around.Pools.First(pool => pool.Name == store).MountPoint
                ?? throw new ProviderException(ProviderError.InvalidArgument, $"The pool '{store}' is not mounted: give --set zonepath=/path.");
            return ZoneNames.RequirePath($"{mount.TrimEnd('/')}/{(mount.EndsWith("/zones", StringComparison.Ordinal) ? "" : "zones/")}{name}", "a zone's path");
        }
        return Facts.Flavor == Flavor.Solaris11 || brand == "solaris-kz" ? null : await DefaultPathAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where most zones lie.</summary>
    private async Task<string> DefaultPathAsync(string name, CancellationToken cancellationToken)
    {
        var lines = await _zone.ListAsync(cancellationToken).ConfigureAwait(false);
        var parent = lines.Where(line => !line.IsGlobal && line.Path.LastIndexOf('/') > 0)
            .GroupBy(line => line.Path[..line.Path.LastIndexOf('/')], StringComparer.Ordinal)
            .MaxBy(group => group.Count())?.Key ?? "/zones";
        return ZoneNames.RequirePath($"{parent}/{name}", "a zone's path");
    }

    private async Task<bool> TakenTitlesAsync(string name, CancellationToken cancellationToken)
    {
        var lines = await _zone.ListAsync(cancellationToken).ConfigureAwait(false);
        var shapes = await _zone.DescribeAsync(lines.Where(line => !line.IsGlobal).ToList(), cancellationToken).ConfigureAwait(false);
        return shapes.Values.Any(shape => shape.Title == name);
    }
}
