using System.Collections.Immutable;
using System.Text.Json;
using Anyvisor.Core.Guests;
using Anyvisor.Core.Images.Disks;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Providers;
using Anyvisor.Core.Store;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Model;

namespace Anyvisor.Core.Images;

/// <summary>Takes images in and deletes them. Safe for many threads.</summary>
public sealed class ImageCommands
{
    private readonly TaskEngine _engine;
    private readonly GuestParts _parts;
    private readonly Spool _spool;
    private readonly QemuImg _qemuImg;

    /// <summary>Registers the kinds of tasks that it asks for: before the engine starts.</summary>
    public ImageCommands(
        Database database,
        EstateInventory inventory,
        ProviderRegistry registry,
        TaskEngine engine,
        ImageOptions options,
        TimeProvider time
    )
    {
        _engine = engine;
        _parts = new GuestParts(inventory, registry, time);
        _spool = new Spool(database.Directory, options);
        _qemuImg = new QemuImg(options.QemuImg, time);
        engine.Register(new ImportKind(_parts, _spool));
        engine.Register(new ImageDeleteKind(_parts));
    }

    /// <summary>
    /// Takes the file in, checks what it is, and hands it to a task. A dry run checks the request and the file and keeps
    /// nothing.
    /// </summary>
    /// <param name="upload">What it is to become.</param>
    /// <param name="body">The file.</param>
    /// <param name="length">Its announced length in bytes, if any.</param>
    /// <param name="ask">Who and how.</param>
    /// <param name="cancellationToken">The caller hung up.</param>
    /// <exception cref="CommandException">What is wrong with the request or the file.</exception>
    public async Task<CommandAnswer> ImportAsync(ImageUpload upload, Stream body, long? length, Ask ask, CancellationToken cancellationToken)
    {
        RequireOperator(ask, ImportKind.KindName);
        GuestChecks.CheckName(upload.Name);
        var provider = ProviderOf(upload);
        var file = await _spool.ReceiveAsync(body, length, cancellationToken).ConfigureAwait(false);
        var handedOver = false;
        try
        {
            var disk = await DiskInspector.InspectAsync(file.Path, cancellationToken).ConfigureAwait(false);
            await _qemuImg.CheckAsync(file.Path, disk, cancellationToken).ConfigureAwait(false);
            var request = Compose(upload, provider, file, disk, ask);
            if (!ask.DryRun && await _engine.FindByKeyAsync(request, cancellationToken).ConfigureAwait(false) is { } before)
                return new CommandAnswer(before, null);
            // Not to be given up half-way: who owns the file would not be known.
            var answer = await _engine.AnswerAsync(request, ask, CancellationToken.None).ConfigureAwait(false);
            // Two that came in at once with one key are one task, which has the file of one of them.
            handedOver = answer.Task is { } task && _engine.OrderOf(task.Id) is { } order && ImportKind.FileOf(order) == file.Path;
            return answer;
        }
        finally
        {
            if (!handedOver)
                Spool.Remove(file.Path);
        }
    }

    /// <param name="reference">An id, <c>NAME</c> or <c>PROVIDER/NAME</c>.</param>
    /// <param name="ask">Who and how.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CommandAnswer> DeleteAsync(string reference, Ask ask, CancellationToken cancellationToken)
    {
        RequireOperator(ask, ImageDeleteKind.KindName);
        TaskRequest Asked(TaskTarget target, string provider) =>
            new()
            {
                Kind = ImageDeleteKind.KindName,
                Target = target,
                Provider = provider,
                Caller = ask.Caller,
                IdempotencyKey = ask.IdempotencyKey,
                Queue = ask.Queue,
                Lanes = [TaskLane.Of(ObjectKind.Image, ObjectId.Parse(target.Id!)), TaskLane.Shared(TaskLane.At(provider))],
            };

        var image = _parts.Inventory.Resolve<Image>(reference).Found;
        if (image is null && await _engine.FindEarlierAsync(ImageDeleteKind.KindName, reference, ask, Asked, cancellationToken).ConfigureAwait(false) is { } earlier)
            return new CommandAnswer(earlier, null);
        image ??= _parts.Resolve<Image>("image", reference);
        var task = Asked(new TaskTarget("image", image.Id.ToString(), image.Name), image.Provider);
        return await _engine.AnswerAsync(task, ask, cancellationToken).ConfigureAwait(false);
    }

    private static TaskRequest Compose(ImageUpload upload, string provider, SpooledFile file, DiskFile disk, Ask ask)
    {
        var body = new ImportBody(upload.Name, file.Path, disk.Format, disk.Capacity, file.Length, upload.Arch, upload.Description, upload.Os);
        return new TaskRequest
        {
            Kind = ImportKind.KindName,
            Target = new TaskTarget("image", null, upload.Name),
            Provider = provider,
            Caller = ask.Caller,
            IdempotencyKey = ask.IdempotencyKey,
            Queue = ask.Queue,
            Body = JsonSerializer.Serialize(body, ImageJson.Default.ImportBody),
            Identity = $"{upload}\n{file.Sha256}",
            Lanes = [TaskLane.Name(ObjectKind.Image, provider, upload.Name), TaskLane.Shared(TaskLane.At(provider))],
        };
    }

    private string ProviderOf(ImageUpload upload)
    {
        if (upload.Provider is { } named)
            return _parts.Calls.Require(named);
        ImmutableArray<string> keepers = [.. _parts.Calls.Names.Where(name => _parts.Calls.Connection(name) is IImageStore).Order(StringComparer.Ordinal)];
        return keepers.Length switch
        {
            1 => keepers[0],
            0 => throw ProblemFactory.NotCapable("No provider that is connected keeps images: add one, or wait until it is connected."),
            _ => throw ProblemFactory.Invalid($"Several providers keep images: name one. There are: {string.Join(", ", keepers)}.", keepers),
        };
    }

    private static void RequireOperator(Ask ask, string kind)
    {
        if (ask.Caller.Role < Role.Operator)
            throw ProblemFactory.PermissionDenied($"{kind} needs the role 'operator'; the token '{ask.Caller.Name}' may only look.");
    }
}
