using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Seed;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>Makes sure that a pool is there and active. Stays when the task is undone: others may use it by then.</summary>
internal sealed class PoolStep(Daemon daemon) : StepKind
{
    public const string Kind = "pool";

    /// <summary>VIR_STORAGE_POOL_CREATE_WITH_BUILD.</summary>
    private const uint CreateWithBuild = 1;

    /// <summary>The step that makes or starts a pool of ours; null when it is there and active.</summary>
    public static WorkStep? For(string name, FoundPool? pool, ProviderSettings settings) =>
        pool is { Active: true }
            ? null
            : StepArguments.Make("pool-" + name, Kind, $"Prepare the storage pool {name}", ("pool", name), ("path", $"{settings.PoolRoot}/{name}"));

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var name = step["pool"];
        var doing = $"prepare the storage pool '{name}'";
        var pool = await daemon.Storage.FindPoolAsync(name, cancellationToken).ConfigureAwait(false);
        if (pool is { Active: true })
            return;
        var defined = pool?.Ref;
        if (defined is null)
        {
            defined = await DefineAsync(name, step["path"], doing, cancellationToken).ConfigureAwait(false);
            await Calls.ChangeAsync(daemon.Client.StoragePoolSetAutostartAsync(defined.Value, true, cancellationToken), doing).ConfigureAwait(false);
        }
        // The folder is made by the call that starts the pool: a definition whose maker died, or is not yet that far, is
        // of use to everybody. What is no plain folder is started as it is; building it could destroy what is there.
        var build = pool is null or { Description.Type: "dir" } ? CreateWithBuild : 0;
        try
        {
            await daemon.Client.StoragePoolCreateAsync(defined.Value, build, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            // Another task or server was quicker, or it does not start.
            if (await daemon.Storage.FindPoolAsync(name, cancellationToken).ConfigureAwait(false) is not { Active: true })
                throw Errors.Translate(e, doing, mutating: true);
        }
        daemon.Watch.TouchPlaces();
    }

    private async Task<PoolRef> DefineAsync(string name, string path, string doing, CancellationToken cancellationToken)
    {
        try
        {
            return await daemon.Client.StoragePoolDefineXmlAsync(VolumeWriter.Pool(name, path), 0, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            // Two may find no pool at the same time; the second one's definition is refused.
            return await daemon.Storage.FindPoolAsync(name, cancellationToken).ConfigureAwait(false) is { } rival
                ? rival.Ref
                : throw Errors.Translate(e, doing, mutating: true);
        }
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await daemon.Storage.FindPoolAsync(step["pool"], cancellationToken).ConfigureAwait(false) switch
        {
            { Active: true } => WorkStepState.Done,
            null => WorkStepState.NotDone,
            _ => WorkStepState.Partial,
        };
}

/// <summary>
/// Makes a disk: empty, an overlay, or a copy. Its name holds the task's id, so a volume of that name is this task's.
/// </summary>
internal sealed class VolumeStep(Daemon daemon) : StepKind
{
    public const string Kind = "volume";

    private static readonly TimeSpan BuildingPoll = TimeSpan.FromMilliseconds(500);

    /// <summary>An empty disk, or an overlay upon a backing file.</summary>
    public static WorkStep Overlay(string name, string label, string pool, string volume, long capacity, string format, string? backing, string? backingFormat) =>
        StepArguments.Make(name, Kind, label, ("pool", pool), ("volume", volume), ("capacity", capacity), ("format", format), ("backing", backing), ("backing-format", backingFormat));

    /// <summary>A copy of a volume with all that lies below it; <paramref name="sourceFormat"/> is what its guest has it as.</summary>
    public static WorkStep Copy(string name, string label, string pool, string volume, long capacity, string format, VolumeRef source, string? sourceFormat) =>
        StepArguments.Make(name, Kind, label, ("pool", pool), ("volume", volume), ("capacity", capacity), ("format", format), ("from-pool", source.Pool), ("from", source.Name), ("from-format", sourceFormat)) with
        {
            Weight = 20,
        };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var (pool, name) = (step["pool"], step["volume"]);
        if (await daemon.Storage.FindVolumeAsync(pool, name, cancellationToken).ConfigureAwait(false) is { } there)
        {
            while (await daemon.Storage.IsBuildingAsync(there, cancellationToken).ConfigureAwait(false))
                await Task.Delay(BuildingPoll, daemon.Time, cancellationToken).ConfigureAwait(false);
            await GrowCopyAsync(step, there, cancellationToken).ConfigureAwait(false);
            return;
        }
        var xml = VolumeWriter.New(name, step.Number("capacity"), step["format"], step.Find("backing"), step.Find("backing-format"));
        VolumeRef? source = null;
        if (step.Find("from") is { } from)
            source = await daemon.Storage.FindVolumeAsync(step["from-pool"], from, cancellationToken).ConfigureAwait(false)
                ?? throw new ProviderException(ProviderError.NotFound, $"The volume '{from}' that was to be copied is gone from '{step["from-pool"]}'.");
        if (source is { } original)
            await RawDisks.RequirePlainAsync(daemon.Storage, step, original, cancellationToken).ConfigureAwait(false);
        var made = await daemon.Storage.CreateAsync(pool, name, xml, source, cancellationToken).ConfigureAwait(false);
        await GrowCopyAsync(step, made, cancellationToken).ConfigureAwait(false);
        daemon.Watch.TouchPlaces();
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.Storage.FindVolumeAsync(step["pool"], step["volume"], cancellationToken).ConfigureAwait(false) is not { } there)
            return WorkStepState.NotDone;
        return step.Find("from") is not null && await daemon.Storage.IsBuildingAsync(there, cancellationToken).ConfigureAwait(false) ? WorkStepState.Partial : WorkStepState.Done;
    }

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.Storage.FindVolumeAsync(step["pool"], step["volume"], cancellationToken).ConfigureAwait(false) is { } there)
            while (step.Find("from") is not null && await daemon.Storage.IsBuildingAsync(there, cancellationToken).ConfigureAwait(false))
                await Task.Delay(BuildingPoll, daemon.Time, cancellationToken).ConfigureAwait(false);
        await daemon.Storage.DeleteAsync(step["pool"], step["volume"], cancellationToken).ConfigureAwait(false);
        daemon.Watch.TouchPlaces();
    }

    // libvirt copies a volume at its own size.
    private async Task GrowCopyAsync(StepArguments step, VolumeRef volume, CancellationToken cancellationToken)
    {
        if (step.Find("from") is not null)
            await daemon.Storage.GrowAsync(volume, step.Number("capacity"), cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Writes the seed disk of cloud-init. The user data come from the task's secrets and are nowhere else.</summary>
internal sealed class SeedStep(Daemon daemon) : StepKind
{
    public const string Kind = "seed";

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var iso = NoCloudSeed.Build(
            context.Secrets.TryGetValue(GuestSettings.UserData, out var secret) ? secret.Reveal() : "#cloud-config\n",
            step["meta-data"],
            step.Find("network-config")
        );
        var (pool, name) = (step["pool"], step["volume"]);
        var volume = await daemon.Storage.FindVolumeAsync(pool, name, cancellationToken).ConfigureAwait(false)
            ?? await daemon.Storage.CreateAsync(pool, name, VolumeWriter.New(name, iso.Length, "raw"), null, cancellationToken).ConfigureAwait(false);
        await daemon.Storage.GrowAsync(volume, iso.Length, cancellationToken).ConfigureAwait(false);
        await daemon.Storage.WriteAsync(volume, iso, cancellationToken).ConfigureAwait(false);
        daemon.Watch.TouchPlaces();
    }

    // What is in it can't be told without reading it back: writing it again does no harm, the guest is not defined yet.
    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await daemon.Storage.FindVolumeAsync(step["pool"], step["volume"], cancellationToken).ConfigureAwait(false) is null ? WorkStepState.NotDone : WorkStepState.Partial;

    public override Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        daemon.Storage.DeleteAsync(step["pool"], step["volume"], cancellationToken);
}

/// <summary>Deletes volumes, which the plan found to belong to the guest alone.</summary>
internal sealed class DeleteVolumesStep(Daemon daemon) : StepKind
{
    public const string Kind = "delete-volumes";

    /// <param name="volumes">Pool and volume of each.</param>
    public static WorkStep For(IEnumerable<(string Pool, string Volume)> volumes) =>
        StepArguments.Make(
            "disks",
            Kind,
            $"Delete the disks {string.Join(", ", volumes.Select(v => v.Volume))}",
            ("volumes", string.Join('\n', volumes.Select(v => $"{v.Pool}/{v.Volume}")))
        ) with
        {
            PointOfNoReturn = true,
        };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        foreach (var (pool, volume) in Volumes(step))
            await daemon.Storage.DeleteAsync(pool, volume, cancellationToken).ConfigureAwait(false);
        daemon.Watch.TouchPlaces();
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var (left, all) = (0, 0);
        foreach (var (pool, volume) in Volumes(step))
        {
            all++;
            if (await daemon.Storage.FindVolumeAsync(pool, volume, cancellationToken).ConfigureAwait(false) is not null)
                left++;
        }
        return left == 0 ? WorkStepState.Done : left == all ? WorkStepState.NotDone : WorkStepState.Partial;
    }

    private static IEnumerable<(string Pool, string Volume)> Volumes(StepArguments step)
    {
        foreach (var line in step["volumes"].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var slash = line.IndexOf('/', StringComparison.Ordinal);
            yield return (line[..slash], line[(slash + 1)..]);
        }
    }
}
