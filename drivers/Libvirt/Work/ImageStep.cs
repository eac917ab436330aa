using System.Buffers;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>
/// Brings a file from the server's spool into the image pool. A mark beside it, which holds the task's id, says that
/// the image is not whole; it goes last.
/// </summary>
internal sealed class ImageStep(Daemon daemon) : StepKind
{
    public const string Kind = "image";

    private const int Piece = 1 << 20;
    private const int RefreshAttempts = 100;
    private static readonly TimeSpan RefreshPause = TimeSpan.FromMilliseconds(300);

    public static WorkStep For(string pool, ImageImport import) =>
        StepArguments.Make(
            "upload",
            Kind,
            $"Upload {import.Name} to {pool}",
            ("pool", pool),
            ("image", import.Name),
            ("file", import.File),
            ("format", import.Format),
            ("capacity", import.Capacity),
            ("arch", import.Arch),
            ("os-family", import.Os.Family),
            ("os-distribution", import.Os.Distribution),
            ("os-version", import.Os.Version),
            ("description", import.Description)
        ) with
        {
            Weight = 20,
        };

    /// <summary>The same from a volume of the host, with all that lies below it.</summary>
    public static WorkStep For(string pool, CaptureGuest request, FileDisk source, DomainDescription guest) =>
        StepArguments.Make(
            "capture",
            Kind,
            $"Copy the disk of {guest.Name} to the image {request.Name}",
            ("pool", pool),
            ("image", request.Name),
            ("from-pool", source.Volume.Pool),
            ("from", source.Volume.Name),
            ("from-format", source.Format),
            ("format", "qcow2"),
            ("capacity", source.Capacity),
            ("arch", guest.Arch),
            ("firmware", guest.Firmware),
            ("os-family", guest.Os.Family),
            ("os-distribution", guest.Os.Distribution),
            ("os-version", guest.Os.Version),
            ("description", request.Description)
        ) with
        {
            Weight = 20,
        };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var (pool, image) = (step["pool"], step["image"]);
        var (mark, disk) = (ImageNames.Mark(image, context.TaskId), ImageNames.Disk(image, step["format"]));
        var begun = await daemon.Storage.FindVolumeAsync(pool, mark, cancellationToken).ConfigureAwait(false) is not null;
        if (!begun)
        {
            if (await IsOursAsync(step, context, cancellationToken).ConfigureAwait(false))
                return;
            if (await daemon.Storage.FindVolumeAsync(pool, disk, cancellationToken).ConfigureAwait(false) is not null)
                throw new ProviderException(ProviderError.Conflict, $"There is an image '{image}' already.");
            await daemon.Storage.CreateAsync(pool, mark, VolumeWriter.New(mark, 512, "raw"), null, cancellationToken).ConfigureAwait(false);
        }
        if (step.Find("from") is { } from)
            await CopyAsync(step, from, disk, cancellationToken).ConfigureAwait(false);
        else
            await UploadAsync(step, disk, context, cancellationToken).ConfigureAwait(false);
        await WriteSidecarAsync(step, context, cancellationToken).ConfigureAwait(false);
        await RefreshAsync(pool, cancellationToken).ConfigureAwait(false);
        await daemon.Storage.DeleteAsync(pool, mark, cancellationToken).ConfigureAwait(false);
        daemon.Watch.TouchPlaces();
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.Storage.FindVolumeAsync(step["pool"], ImageNames.Mark(step["image"], context.TaskId), cancellationToken).ConfigureAwait(false) is not null)
            return WorkStepState.Partial;
        return await IsOursAsync(step, context, cancellationToken).ConfigureAwait(false) ? WorkStepState.Done : WorkStepState.NotDone;
    }

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var (pool, image) = (step["pool"], step["image"]);
        var mark = ImageNames.Mark(image, context.TaskId);
        var begun = await daemon.Storage.FindVolumeAsync(pool, mark, cancellationToken).ConfigureAwait(false) is not null;
        if (!begun && !await IsOursAsync(step, context, cancellationToken).ConfigureAwait(false))
            return;
        await daemon.Storage.DeleteAsync(pool, ImageNames.Disk(image, step["format"]), cancellationToken).ConfigureAwait(false);
        await daemon.Storage.DeleteAsync(pool, ImageNames.Sidecar(image), cancellationToken).ConfigureAwait(false);
        await daemon.Storage.DeleteAsync(pool, mark, cancellationToken).ConfigureAwait(false);
        daemon.Watch.TouchPlaces();
    }

    /// <summary>Whether the image there is the one that this task brought.</summary>
    private async Task<bool> IsOursAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await daemon.Storage.FindVolumeAsync(step["pool"], ImageNames.Sidecar(step["image"]), cancellationToken).ConfigureAwait(false) is not { } sidecar)
            return false;
        var read = await Calls.AskAsync(daemon.Watch.Images.SidecarAsync(sidecar, null, cancellationToken), $"read what the image '{step["image"]}' is").ConfigureAwait(false);
        return read?.Task == context.TaskId;
    }

    private async Task CopyAsync(StepArguments step, string from, string disk, CancellationToken cancellationToken)
    {
        var source = await daemon.Storage.FindVolumeAsync(step["from-pool"], from, cancellationToken).ConfigureAwait(false)
            ?? throw new ProviderException(ProviderError.NotFound, $"The volume '{from}' that was to become an image is gone from '{step["from-pool"]}'.");
        // Begun before an interruption: whether it is whole can't be told, so it is made again.
        if (await daemon.Storage.FindVolumeAsync(step["pool"], disk, cancellationToken).ConfigureAwait(false) is { } begun)
            while (await daemon.Storage.IsBuildingAsync(begun, cancellationToken).ConfigureAwait(false))
                await Task.Delay(RefreshPause, daemon.Time, cancellationToken).ConfigureAwait(false);
        await daemon.Storage.DeleteAsync(step["pool"], disk, cancellationToken).ConfigureAwait(false);
        await RawDisks.RequirePlainAsync(daemon.Storage, step, source, cancellationToken).ConfigureAwait(false);
        await daemon.Storage.CreateAsync(step["pool"], disk, VolumeWriter.New(disk, step.Number("capacity"), step["format"]), source, cancellationToken).ConfigureAwait(false);
    }

    private async Task UploadAsync(StepArguments step, string disk, WorkContext context, CancellationToken cancellationToken)
    {
        await using var file = Open(step["file"]);
        var volume = await daemon.Storage.FindVolumeAsync(step["pool"], disk, cancellationToken).ConfigureAwait(false)
            ?? await daemon.Storage.CreateAsync(step["pool"], disk, VolumeWriter.New(disk, file.Length, "raw"), null, cancellationToken).ConfigureAwait(false);
        await UploadAsync(volume, file, context, cancellationToken).ConfigureAwait(false);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(ProviderError.InvalidArgument, $"The spooled file of the image can't be read: {e.Message}", e);
        }
    }

    private async Task UploadAsync(VolumeRef volume, FileStream file, WorkContext context, CancellationToken cancellationToken)
    {
        var doing = $"upload the image to '{volume.Name}'";
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            await daemon.Storage.GrowAsync(volume, file.Length, cancellationToken).ConfigureAwait(false);
            await using var upload = await daemon.Client.UploadAsync(volume, 0, (ulong)file.Length, cancellationToken).ConfigureAwait(false);
            long hole = 0;
            while (await file.ReadAtLeastAsync(buffer.AsMemory(0, Piece), Piece, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                var piece = buffer.AsMemory(0, read);
                if (!piece.Span.ContainsAnyExcept((byte)0))
                {
                    hole += read;
                    continue;
                }
                if (hole > 0)
                    await upload.WriteHoleAsync(hole, cancellationToken).ConfigureAwait(false);
                hole = 0;
                await upload.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
                context.Progress.Report((double)file.Position / Math.Max(1, file.Length));
            }
            if (hole > 0)
                await upload.WriteHoleAsync(hole, cancellationToken).ConfigureAwait(false);
            await upload.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WriteSidecarAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var name = ImageNames.Sidecar(step["image"]);
        var bytes = new ImageSidecar
        {
            Arch = Enum.Parse<Architecture>(step["arch"]),
            Firmware = step.Find("firmware") is { } firmware ? Enum.Parse<Firmware>(firmware) : Firmware.Unknown,
            Os = new OperatingSystemInfo { Family = Enum.Parse<OsFamily>(step["os-family"]), Distribution = step.Find("os-distribution"), Version = step.Find("os-version") },
            Description = step.Find("description"),
            Task = context.TaskId,
            CreatedAt = daemon.Time.GetUtcNow().UtcDateTime,
        }.ToBytes();
        // One that is there is from the same import, interrupted.
        await daemon.Storage.DeleteAsync(step["pool"], name, cancellationToken).ConfigureAwait(false);
        var volume = await daemon.Storage.CreateAsync(step["pool"], name, VolumeWriter.New(name, bytes.Length, "raw"), null, cancellationToken).ConfigureAwait(false);
        await daemon.Storage.WriteAsync(volume, bytes, cancellationToken).ConfigureAwait(false);
    }

    // The pool looked at the volume when it was empty: only now it can see the format.
    private async Task RefreshAsync(string pool, CancellationToken cancellationToken)
    {
        var doing = $"refresh the storage pool '{pool}'";
        var found = await Calls.AskAsync(daemon.Client.StoragePoolLookupByNameAsync(pool, cancellationToken), doing).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
            try
            {
                await daemon.Client.StoragePoolRefreshAsync(found, 0, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (LibvirtException e) when (attempt < RefreshAttempts && e.Message.Contains("asynchronous jobs", StringComparison.Ordinal))
            {
                // The daemon looks at the pool by itself after an upload, or another task writes into it.
                await Task.Delay(RefreshPause, daemon.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (LibvirtException e)
            {
                throw Errors.Translate(e, doing, mutating: false);
            }
    }
}
