using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Drivers.PowerVm.Steps;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

internal sealed partial class Connection : IGuestCapture, IGuestMigrate
{
    private static readonly TimeSpan Validating = TimeSpan.FromMinutes(5);

    public async Task<WorkPlan> PlanCaptureAsync(Guest guest, CaptureGuest request, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Capture, guest, cancellationToken).ConfigureAwait(false);
        var templates = await _client.ListAsync("templates/PartitionTemplate?detail=full&draft=false", "listing the templates", cancellationToken).ConfigureAwait(false);
        if (templates.Any(template => template.Content.Text("partitionTemplateName") == request.Name))
            throw new ProviderException(ProviderError.Conflict, $"The console has a partition template '{request.Name}' already. Choose another name.");
        return new WorkPlan
        {
            Host = now.Guest.Host,
            Steps = [new WorkStep(CaptureStep.Name, $"Capture {now.Guest.Name} to the template {request.Name}", Arguments(("guest", now.Facts.Uuid.ToString("D")), ("name", now.Guest.Name), ("image", request.Name)))],
            Concerns = [new Concern("powervm.configuration-only", ConcernSeverity.Information, "Configuration alone", "A partition template holds processors, memory, adapters and networks, and not the content of disks.", "Copy disks with the storage's own means.")],
        };
    }

    public async Task<WorkPlan> PlanMigrateAsync(Guest guest, Host target, IProviderConnection? peer, MigrateGuest request, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Migrate, guest, cancellationToken).ConfigureAwait(false);
        var (from, to) = (_estate.System(now.Facts.System), _estate.System(target.Name));
        if (peer is not null || to is null)
            throw new ProviderException(ProviderError.NotCapable, $"{target.Name} is not managed by the same console: partitions migrate within it.");
        if (to.Uuid == now.Facts.System)
            throw new ProviderException(ProviderError.Conflict, $"'{now.Guest.Name}' is on {target.Name} already.");
        var concerns = Blockers(now, from, to, request).ToList();
        if (!concerns.Exists(concern => concern.Severity == ConcernSeverity.Critical) && await ValidateAsync(now, to, cancellationToken).ConfigureAwait(false) is { } refusal)
            concerns.Add(refusal);
        return new WorkPlan
        {
            Host = to.Name,
            Steps = [new WorkStep(MigrateStep.Name, $"Migrate {now.Guest.Name} to {to.Name}", Arguments(("guest", now.Facts.Uuid.ToString("D")), ("name", now.Guest.Name), ("target", to.Uuid.ToString("D")), ("to", to.Name)))],
            Concerns = [.. concerns],
        };
    }

    /// <summary>How much of a migrating partition has gone; null where the console does not count now.</summary>
    internal async Task<double?> MigrationProgressAsync(Guid partition, CancellationToken cancellationToken)
    {
        var now = await _client.FindAsync($"uom/LogicalPartition/{PartitionFacts.Address(partition)}?group=None", "following a migration", cancellationToken).ConfigureAwait(false);
        var (total, left) = (now?.Content.Number("ProgressPartitionDataTotal"), now?.Content.Number("ProgressPartitionDataRemaining"));
        return total is > 0 && left is { } rest ? Math.Clamp((double)(1 - rest / total.Value), 0, 1) : null;
    }

    /// <summary>What is known to be in the way without asking the two systems.</summary>
    private static IEnumerable<Concern> Blockers(PartitionDraft now, SystemDraft? from, SystemDraft to, MigrateGuest request)
    {
        var on = now.Guest.Power == PowerState.On;
        if (!Mapping.Lists(to.State))
            yield return Blocker("target-state", "Target is not operating", $"{to.Name} is '{to.State}'.", "Choose another, or start it.");
        if (on && !request.Live)
            yield return new Concern("powervm.migration.live", ConcernSeverity.Information, "It migrates live", "A partition that runs is migrated without stopping it; PowerVM migrates only partitions that are off in the other way.");
        if (on && now.Facts.Monitored != true)
            yield return Blocker("rmc", "No monitoring connection", $"The console has no RMC connection to '{now.Guest.Name}', without which it does not migrate while it runs.", "Mend RMC, or stop the partition and migrate it then.");
        if (on && (from?.LiveMobility == false || to.LiveMobility == false))
            yield return Blocker("license", "No live mobility", $"{(to.LiveMobility ? from!.Name : to.Name)} can't migrate partitions that run: PowerVM Enterprise Edition is needed.", "Stop the partition first, or activate the feature.");
        if (!on && (from?.ColdMobility == false || to.ColdMobility == false))
            yield return Blocker("license", "No mobility", "One of the two systems can't migrate partitions that are off.", "Activate PowerVM Enterprise Edition.");
        if (!now.Facts.PhysicalSlots.IsEmpty)
            yield return Blocker("physical-io", "Physical adapters", $"It has adapters of its own, which stay in their machine: {string.Join(", ", now.Facts.PhysicalSlots.Distinct().Take(5))}.", "Remove them from the partition (DLPAR) and from its profile.");
        if (now.Facts.HasSriovPorts)
            yield return Blocker("sriov", "SR-IOV port", "It has a logical port of a physical adapter, which stays in its machine.", "Replace it by a vNIC or a virtual Ethernet adapter.");
        if (now.Guest.Memory > to.FreeMemory)
            yield return Blocker("memory", "Not enough memory", $"{to.Name} has {PartitionReader.Mib(to.FreeMemory)} free, and '{now.Guest.Name}' has {PartitionReader.Mib(now.Guest.Memory)}.", "Free some, or resize the partition.");
        if (now.Guest.Entitlement?.Units is { } units && units > to.FreeUnits)
            yield return Blocker("processors", "Not enough processing", $"{to.Name} has {to.FreeUnits} units free, and '{now.Guest.Name}' is promised {units}.", "Free some, or promise it less.");
    }

    /// <summary>Asks the two systems. What they find is a finding; that they can't be asked is an error.</summary>
    private async Task<Concern?> ValidateAsync(PartitionDraft now, SystemDraft to, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Validating);
        try
        {
            _ = await _jobs.RunAsync(now.Facts.Path, "MigrateValidate", [("TargetManagedSystemName", to.Name)], $"validating the migration of '{now.Guest.Name}'", null, deadline.Token).ConfigureAwait(false);
            return null;
        }
        catch (ProviderException e) when (e.NativeMessage is { } said && e.Error is not (ProviderError.Unreachable or ProviderError.AuthenticationFailed or ProviderError.TimedOut or ProviderError.ProtocolViolation))
        {
            return new Concern($"powervm.migration.{(HmcErrors.CodeIn(said) ?? "refused").ToLowerInvariant()}", ConcernSeverity.Critical, "The systems refuse it", said, "Change what the message names, and try again.");
        }
    }

    private static Concern Blocker(string id, string label, string assessment, string remedy) => new($"powervm.migration.{id}", ConcernSeverity.Critical, label, assessment, remedy);
}
