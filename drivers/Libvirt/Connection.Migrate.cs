using System.Collections.Immutable;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Work;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

internal sealed partial class Connection : IGuestMigrate
{
    /// <summary>For the steps of a migration, which work at both ends.</summary>
    internal Daemon Daemon => _daemon;

    public async Task<WorkPlan> PlanMigrateAsync(
        Guest guest,
        Host target,
        IProviderConnection? peer,
        MigrateGuest request,
        string taskId,
        CancellationToken cancellationToken
    )
    {
        Require(Verb.Migrate, guest);
        if (peer is not Connection other)
            throw target.Name == _host.Hostname
                ? new ProviderException(ProviderError.Conflict, $"Guest '{guest.Name}' is on {target.Name} already.")
                : new ProviderException(ProviderError.InvalidArgument, $"The host {target.Name} must be connected as a libvirt provider of its own to bring guests there.");
        if (_settings.PeerToPeer && other._uri.Transport == LibvirtTransport.Unix)
            throw new ProviderException(ProviderError.InvalidArgument, $"The provider of {target.Name} is connected by a unix socket, at which {_host.Hostname} can't reach it: set migration=managed, or give that provider a URL with its address.");
        var (domain, description) = await LiveAsync(guest, cancellationToken).ConfigureAwait(false);
        if (domain.Id < 0)
            await RequireMigratableOffAsync(domain, request, cancellationToken).ConfigureAwait(false);
        var persistent = await AskAsync(_client.DomainIsPersistentAsync(domain, cancellationToken), $"read guest '{guest.Name}'").ConfigureAwait(false);
        var concerns = await MigrationConcernsAsync(domain, description, other, request, cancellationToken).ConfigureAwait(false);
        var sent = new SentDisks(_daemon, other._daemon);
        if (request.WithStorage)
            await sent.PlanAsync(domain, description, seedAlone: domain.Id >= 0, taskId, cancellationToken).ConfigureAwait(false);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        steps.AddRange(sent.Before);
        steps.Add(
            StepArguments.Make(
                "migrate",
                MigrateStep.Kind,
                $"Bring {guest.Name} from {_host.Hostname} to {target.Name}",
                ("uuid", domain.Uuid),
                ("name", domain.Name),
                ("target", target.Name),
                ("target-uri", other._uri.ToString()),
                ("migrate-uri", other._settings.MigrationAddress is { } address ? $"tcp://{address}" : null),
                ("flags", MigrationFlags(domain.Id >= 0, persistent, request))
            ) with
            {
                Weight = 20,
            }
        );
        steps.AddRange(sent.After);
        if (request.WithStorage)
        {
            var (own, _) = await new OwnDisks(_daemon).FindAsync(domain, description, cancellationToken).ConfigureAwait(false);
            if (own.Count > 0)
                steps.Add(DeleteVolumesStep.For(own));
        }
        return new WorkPlan { Steps = steps.ToImmutable(), Host = target.Name, Concerns = [.. concerns, .. sent.Concerns] };
    }

    private async Task RequireMigratableOffAsync(DomainRef domain, MigrateGuest request, CancellationToken cancellationToken)
    {
        if (await AskAsync(_client.DomainHasManagedSaveImageAsync(domain, 0, cancellationToken), $"read guest '{domain.Name}'").ConfigureAwait(false))
            throw new ProviderException(ProviderError.Conflict, $"The memory of '{domain.Name}' is saved here and does not go along: resume it and migrate it live, or stop it.");
        if (!request.WithStorage)
            return;
        var snapshots = (await AskAsync(_client.DomainListAllSnapshotsAsync(domain, 0, cancellationToken), $"list the snapshots of '{domain.Name}'").ConfigureAwait(false)).Length;
        if (snapshots > 0)
            throw new ProviderException(ProviderError.Conflict, $"'{domain.Name}' has {snapshots} snapshots, which libvirt does not bring to another host: delete them first.");
    }

    private uint MigrationFlags(bool on, bool persistent, MigrateGuest request)
    {
        if (!on)
            return MigrateStep.Offline | MigrateStep.PersistTarget | MigrateStep.UndefineSource;
        var flags = MigrateStep.AbortOnError;
        if (request.Live)
            flags |= MigrateStep.Live | MigrateStep.AutoConverge;
        if (persistent)
            flags |= MigrateStep.PersistTarget | MigrateStep.UndefineSource;
        if (request.WithStorage)
            flags |= MigrateStep.CopyDisks;
        return _settings.PeerToPeer ? flags | MigrateStep.PeerToPeer : flags;
    }

    private async Task<ImmutableArray<Concern>> MigrationConcernsAsync(DomainRef domain, DomainDescription description, Connection other, MigrateGuest request, CancellationToken cancellationToken)
    {
        var concerns = ImmutableArray.CreateBuilder<Concern>();
        var there = other._host;
        void Critical(string id, string label, string assessment, string? remedy = null) => concerns.Add(new Concern(id, ConcernSeverity.Critical, label, assessment, remedy));

        if (there.Traits.Type != _host.Traits.Type)
            Critical("libvirt.other-hypervisor", "Another hypervisor", $"{there.Hostname} runs {there.Traits.Name}, not {_host.Traits.Name}.", "Move the guest instead of migrating it.");
        if (!there.Capabilities.Guests.Any(g => g.ArchName == description.ArchName && g.DomainTypes.Contains(description.Type)))
            Critical("libvirt.no-emulator", "No emulator there", $"{there.Hostname} can't run {description.Type} guests of {description.ArchName}.");
        if (await other._daemon.FindGuestAsync(domain.Uuid, cancellationToken).ConfigureAwait(false) is not null)
            Critical("libvirt.exists-there", "Exists there", $"{there.Hostname} has a guest with the same UUID already.");
        else if (await Calls.FindAsync(other._client.DomainLookupByNameAsync(domain.Name, cancellationToken), "look for the guest at the target").ConfigureAwait(false) is not null)
            Critical("libvirt.name-taken", "The name is taken there", $"{there.Hostname} has another guest '{domain.Name}'.", "Rename one of them.");
        var networks = (await AskAsync(other._client.ConnectListAllNetworksAsync(2, cancellationToken), "list the target's networks").ConfigureAwait(false)).Select(n => n.Name).ToHashSet();
        foreach (var network in description.Nics.Select(n => n.Network).OfType<string>().Where(n => n != "user" && !networks.Contains(n)).Distinct())
            Critical("libvirt.no-network", "A network is missing there", $"{there.Hostname} has no active network '{network}'.", "Define and start it there.");
        foreach (var disk in description.Disks.Where(d => d is { Device: "disk", Source: not null }))
        {
            var found = await other._daemon.Storage.FindByPathAsync(disk.Source!, cancellationToken).ConfigureAwait(false);
            if (found is null && !request.WithStorage)
                Critical("libvirt.disk-not-there", "A disk is not there", $"{there.Hostname} has no volume at {disk.Source}.", "Share the storage, or migrate with its storage (--with-storage).");
            else if (found is not null && request.WithStorage)
                Critical("libvirt.disk-in-the-way", "A disk is in the way", $"{there.Hostname} has a volume at {disk.Source} already, which the copy would overwrite.", "Where the storage is shared, migrate without --with-storage.");
        }
        if (!request.WithStorage)
            foreach (var medium in description.Disks.Where(d => d is { Device: "cdrom", Source: not null }))
                if (await other._daemon.Storage.FindByPathAsync(medium.Source!, cancellationToken).ConfigureAwait(false) is null)
                    concerns.Add(new Concern("libvirt.medium-not-there", ConcernSeverity.Warning, "A CD may not be there", $"No storage pool of {there.Hostname} has {medium.Source}: where the file is not there, the guest does not start.", "Eject it, or share the storage."));
        if (request.WithStorage)
            await PoolConcernsAsync(description, other, concerns, cancellationToken).ConfigureAwait(false);
        if (await IncompatibleCpuAsync(domain, other, cancellationToken).ConfigureAwait(false) is { } why)
            Critical("libvirt.cpu", "Another processor", why);
        return concerns.DrainToImmutable();
    }

    // libvirt makes missing disks at the target only in pools that it knows there.
    private static async Task PoolConcernsAsync(DomainDescription description, Connection other, ImmutableArray<Concern>.Builder concerns, CancellationToken cancellationToken)
    {
        foreach (var folder in description.Disks.Where(d => d is { Device: "disk", Source: not null }).Select(d => Path.GetDirectoryName(d.Source)!).Distinct(StringComparer.Ordinal))
            if (await Calls.FindAsync(other._client.StoragePoolLookupByTargetPathAsync(folder, cancellationToken), $"look for a pool at {folder}").ConfigureAwait(false) is null)
                concerns.Add(new Concern("libvirt.no-pool-there", ConcernSeverity.Critical, "No pool for a disk there", $"{other._host.Hostname} has no storage pool at {folder}.", "Define and start one there."));
    }

    private async Task<string?> IncompatibleCpuAsync(DomainRef domain, Connection other, CancellationToken cancellationToken)
    {
        if (domain.Id < 0 || _host.Traits.Type != "QEMU")
            return null;
        // VIR_DOMAIN_XML_MIGRATABLE
        var live = SafeXml.Parse(await _daemon.XmlAsync(domain, 8, cancellationToken).ConfigureAwait(false), "domain", $"guest '{domain.Name}'");
        if (live.Text("type") != "kvm" || live.Element("cpu") is not { } cpu || cpu.Element("model") is null)
            return null;
        var type = live.Element("os")?.Element("type");
        var result = await AskAsync(
                other._client.ConnectCompareHypervisorCpuAsync(null, type.Text("arch"), type.Text("machine"), "kvm", cpu.ToString(SaveOptions.DisableFormatting), 0, cancellationToken),
                "compare the processors"
            )
            .ConfigureAwait(false);
        return result > 0 ? null : $"The processor of {other._host.Hostname} lacks features that the running guest was given here ({cpu.Element("model")!.Value}).";
    }
}
