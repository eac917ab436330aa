using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>
/// Streams a volume's file to a new volume of the target host: from daemon to daemon through us, holes as holes. Marks
/// beside it, which hold the task's id, say that it is on its way or whole; another step takes them away at the end.
/// </summary>
internal sealed class SendVolumeStep(Daemon daemon) : StepKind
{
    public const string Kind = "send-volume";

    /// <summary>VIR_STORAGE_VOL_GET_PHYSICAL: how long the file is.</summary>
    private const uint Physical = 1;

    /// <param name="name">The step's.</param>
    /// <param name="source">What is read here.</param>
    /// <param name="pool">The target's pool.</param>
    /// <param name="volume">The name that it gets there.</param>
    /// <param name="target">The target host, for people.</param>
    public static WorkStep For(string name, (string Pool, string Volume) source, string pool, string volume, string target) =>
        StepArguments.Make(name, Kind, $"Send {volume} to {target}", ("from-pool", source.Pool), ("from", source.Volume), ("pool", pool), ("volume", volume)) with
        {
            Weight = 20,
        };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var target = Peers.Of(context);
        var (pool, name) = (step["pool"], step["volume"]);
        var state = await InspectAsync(step, context, cancellationToken).ConfigureAwait(false);
        if (state == WorkStepState.Done)
            return;
        if (state == WorkStepState.NotDone)
        {
            if (await target.Storage.FindVolumeAsync(pool, name, cancellationToken).ConfigureAwait(false) is not null)
                throw new ProviderException(ProviderError.Conflict, $"{target.Host.Hostname} has a volume '{name}' in '{pool}' by now, which is somebody else's: plan it again.");
            await MarkAsync(target, pool, OnItsWay(name, context), cancellationToken).ConfigureAwait(false);
        }
        await target.Storage.DeleteAsync(pool, name, cancellationToken).ConfigureAwait(false);
        await CopyAsync(step, target, context, cancellationToken).ConfigureAwait(false);
        await MarkAsync(target, pool, Whole(name, context), cancellationToken).ConfigureAwait(false);
        await target.Storage.DeleteAsync(pool, OnItsWay(name, context), cancellationToken).ConfigureAwait(false);
        // Only now the daemon there can see the format.
        await target.Storage.RefreshAsync(pool, cancellationToken).ConfigureAwait(false);
        target.Watch.TouchPlaces();
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var storage = Peers.Of(context).Storage;
        if (await storage.FindVolumeAsync(step["pool"], Whole(step["volume"], context), cancellationToken).ConfigureAwait(false) is not null)
            return WorkStepState.Done;
        return await storage.FindVolumeAsync(step["pool"], OnItsWay(step["volume"], context), cancellationToken).ConfigureAwait(false) is not null ? WorkStepState.Partial : WorkStepState.NotDone;
    }

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await InspectAsync(step, context, cancellationToken).ConfigureAwait(false) == WorkStepState.NotDone)
            return;
        var target = Peers.Of(context);
        foreach (var volume in (string[])[step["volume"], OnItsWay(step["volume"], context), Whole(step["volume"], context)])
            await target.Storage.DeleteAsync(step["pool"], volume, cancellationToken).ConfigureAwait(false);
        target.Watch.TouchPlaces();
    }

    internal static string Whole(string volume, WorkContext context) => $"{volume}.sent-{context.TaskId}";

    private static string OnItsWay(string volume, WorkContext context) => $"{volume}.sending-{context.TaskId}";

    private static async Task MarkAsync(Daemon target, string pool, string mark, CancellationToken cancellationToken)
    {
        if (await target.Storage.FindVolumeAsync(pool, mark, cancellationToken).ConfigureAwait(false) is null)
            await target.Storage.CreateAsync(pool, mark, VolumeWriter.New(mark, 512, "raw"), null, cancellationToken).ConfigureAwait(false);
    }

    private async Task CopyAsync(StepArguments step, Daemon target, WorkContext context, CancellationToken cancellationToken)
    {
        var (pool, name) = (step["pool"], step["volume"]);
        var doing = $"send '{name}' to {target.Host.Hostname}";
        var source = await daemon.Storage.FindVolumeAsync(step["from-pool"], step["from"], cancellationToken).ConfigureAwait(false)
            ?? throw new ProviderException(ProviderError.NotFound, $"The volume '{step["from"]}' that was to be sent is gone from '{step["from-pool"]}'.");
        var (_, _, length) = await Calls.AskAsync(daemon.Client.StorageVolGetInfoFlagsAsync(source, Physical, cancellationToken), doing).ConfigureAwait(false);
        var made = await target.Storage.CreateAsync(pool, name, VolumeWriter.New(name, (long)length, "raw"), null, cancellationToken).ConfigureAwait(false);
        try
        {
            await using var download = await daemon.Client.DownloadAsync(source, 0, 0, cancellationToken).ConfigureAwait(false);
            await using var upload = await target.Client.UploadAsync(made, 0, length, cancellationToken).ConfigureAwait(false);
            ulong sent = 0;
            await foreach (var piece in download.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (piece.Hole > 0)
                    await upload.WriteHoleAsync(piece.Hole, cancellationToken).ConfigureAwait(false);
                else
                    await upload.WriteAsync(piece.Data, cancellationToken).ConfigureAwait(false);
                sent += (ulong)(piece.Hole + piece.Data.Length);
                context.Progress.Report(Math.Clamp((double)sent / Math.Max(1, length), 0, 1));
            }
            await upload.FinishAsync(cancellationToken).ConfigureAwait(false);
            if (sent != length)
                throw new ProviderException(ProviderError.ProtocolViolation, $"{daemon.Host.Hostname} sent {sent} of the {length} bytes of '{source.Name}'.");
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: true);
        }
    }
}

/// <summary>Takes away the marks of volumes that came whole, once their guest is there.</summary>
internal sealed class SentStep : StepKind
{
    public const string Kind = "sent-volumes";

    public static WorkStep For(IEnumerable<(string Pool, string Volume)> sent) =>
        StepArguments.Make("sent", Kind, "Take away the marks of the transfer", ("volumes", string.Join('\n', sent.Select(v => $"{v.Pool}\t{v.Volume}")))) with
        {
            Weight = 0.1,
            PointOfNoReturn = true,
        };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        foreach (var (pool, mark) in Marks(step, context))
            await Peers.Of(context).Storage.DeleteAsync(pool, mark, cancellationToken).ConfigureAwait(false);
        Peers.Of(context).Watch.TouchPlaces();
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        foreach (var (pool, mark) in Marks(step, context))
            if (await Peers.Of(context).Storage.FindVolumeAsync(pool, mark, cancellationToken).ConfigureAwait(false) is not null)
                return WorkStepState.NotDone;
        return WorkStepState.Done;
    }

    private static IEnumerable<(string Pool, string Mark)> Marks(StepArguments step, WorkContext context) =>
        step["volumes"].Split('\n').Select(line => line.Split('\t')).Select(part => (part[0], SendVolumeStep.Whole(part[1], context)));
}

internal static class Peers
{
    /// <summary>The host that a guest is brought to.</summary>
    public static Daemon Of(WorkContext context) =>
        context.Peer is Connection peer ? peer.Daemon : throw new ProviderException(ProviderError.Unreachable, "The target host's provider is not connected.");
}
