using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Sim.Steps;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim;

internal sealed partial class Connection : IGuestSnapshots, IGuestCapture, IImageStore
{
    public async Task<WorkPlan> PlanSnapshotAsync(Guest guest, CreateSnapshot request, string taskId, CancellationToken cancellationToken)
    {
        var now = await ForAsync(Verb.SnapshotCreate, guest, cancellationToken).ConfigureAwait(false);
        var name = request.Name ?? estate.Now.ToString("'snapshot-'yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        if (estate.Points(now.NativeId).Any(point => point.Snapshot.Name == name))
            throw new ProviderException(ProviderError.Conflict, $"'{now.Name}' has a snapshot '{name}' already. Choose another name.");
        var memory = request.Memory ?? now.Power is PowerState.On or PowerState.Paused;
        var arguments = Arguments(
            ("guest", now.NativeId.ToString()),
            ("snapshot", EstateStep.NewId(taskId, "snapshot").ToString()),
            ("name", name),
            ("memory", memory ? "true" : "false"),
            ("quiesce", request.Quiesce ? "true" : "false")
        );
        if (request.Description is { } description)
            arguments = arguments.Add("description", description);
        return One(new WorkStep(SnapshotStep.Name, $"Take the snapshot {name} of {now.Name}", arguments), now.Host, EstateStep.NewId(taskId, "snapshot"));
    }

    public async Task<WorkPlan> PlanRevertAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken)
    {
        var now = await ForAsync(Verb.SnapshotRevert, guest, cancellationToken).ConfigureAwait(false);
        RequirePoint(now, snapshot);
        return One(
            new WorkStep(RevertStep.Name, $"Revert {now.Name} to {snapshot.Name}", Arguments(("guest", now.NativeId.ToString()), ("snapshot", snapshot.NativeId.ToString())))
            {
                PointOfNoReturn = true,
            },
            now.Host
        );
    }

    public async Task<WorkPlan> PlanSnapshotDeleteAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken)
    {
        var now = await ForAsync(Verb.SnapshotDelete, guest, cancellationToken).ConfigureAwait(false);
        RequirePoint(now, snapshot);
        return One(
            new WorkStep(SnapshotDeleteStep.Name, $"Delete the snapshot {snapshot.Name} of {now.Name}", Arguments(("guest", now.NativeId.ToString()), ("snapshot", snapshot.NativeId.ToString())))
            {
                PointOfNoReturn = true,
            },
            now.Host
        );
    }

    public async Task<WorkPlan> PlanImportAsync(ImageImport import, string taskId, CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        return NewImage(import.Name, import.Format, import.Capacity, import.Arch, import.Os, import.Description, taskId);
    }

    public async Task<WorkPlan> PlanCaptureAsync(Guest guest, CaptureGuest request, string taskId, CancellationToken cancellationToken)
    {
        var now = await ForAsync(Verb.Capture, guest, cancellationToken).ConfigureAwait(false);
        return NewImage(request.Name, "raw", now.Disks.Sum(disk => disk.Capacity ?? 0), now.Arch, now.Os, request.Description, taskId);
    }

    private WorkPlan NewImage(string name, string format, long capacity, Architecture arch, OperatingSystemInfo os, string? description, string taskId)
    {
        if (estate.FindImage(name) is not null)
            throw new ProviderException(ProviderError.Conflict, $"The simulated estate has an image '{name}' already. Choose another name.");
        var id = EstateStep.NewId(taskId, "image");
        var arguments = Arguments(
            ("image", id.ToString()),
            ("name", name),
            ("format", format),
            ("capacity", Number(capacity)),
            ("arch", arch.ToString()),
            ("os.family", os.Family.ToString())
        );
        foreach (var (key, value) in new[] { ("os.distribution", os.Distribution), ("os.version", os.Version), ("description", description) })
            if (value is not null)
                arguments = arguments.Add(key, value);
        return One(new WorkStep(ImageStep.Name, $"Note the image {name}", arguments), null, id);
    }

    public async Task<WorkPlan> PlanImageDeleteAsync(Image image, string taskId, CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        if (estate.Fixtures.Images(estate.Now).Any(known => known.NativeId == image.NativeId))
            throw new ProviderException(ProviderError.PermissionDenied, $"The image '{image.Name}' comes with the simulated estate and stays. Images that were imported can be deleted.");
        if (estate.FindImage(image.NativeId.ToString()) is null)
            throw new ProviderException(ProviderError.NotFound, $"The simulated estate has no image '{image.Name}' any more.") { NativeCode = "no-such-image" };
        return One(new WorkStep(ImageDeleteStep.Name, $"Delete the image {image.Name}", Arguments(("image", image.NativeId.ToString()))) { PointOfNoReturn = true }, null);
    }

    private async Task<Guest> ForAsync(Verb verb, Guest guest, CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        var now = estate.Find(guest.NativeId) ?? throw NoSuchGuest(guest);
        Require(verb, now);
        return now;
    }

    private void RequirePoint(Guest guest, Snapshot snapshot)
    {
        if (estate.Points(guest.NativeId).All(point => point.Snapshot.NativeId != snapshot.NativeId))
            throw new ProviderException(ProviderError.NotFound, $"'{guest.Name}' has no snapshot '{snapshot.Name}' any more.");
    }

    private static WorkPlan One(WorkStep step, string? host, NativeId? makes = null) => new() { Steps = [step], Host = host, Makes = makes };
}
