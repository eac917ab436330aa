using System.Buffers;
using Anyvisor.Driver;
using Anyvisor.Driver.Ssh;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Drivers.SolarisZones.Work;

namespace Anyvisor.Drivers.SolarisZones.Migrating;

/// <summary>
/// Sends a zone's snapshot, with those of the datasets below it, to another global zone: <c>zfs send -R</c> there,
/// <c>zfs receive</c> here, through us. The snapshot bears the task's mark, and brings it along.
/// </summary>
internal sealed class SendStep(GlobalZone zone, ZoneWatch watch) : StepKind(zone, watch)
{
    public const string Kind = "send";

    private const int Chunk = 256 << 10;

    /// <summary>Says those of the datasets on its standard input that have not got the snapshot.</summary>
    private const string Lacking = """
        while read d; do zfs list -H -o name "$d@$1" >/dev/null 2>&1 || echo "$d"; done
        echo '==anyvisor end'
        """;

    public static WorkStep For(string guest, string target, string dataset, string into, string snapshot) =>
        StepArguments.Make("send", Kind, $"Send the files of {guest} to {target}", ("dataset", dataset), ("into", into), ("snapshot", snapshot)) with { Weight = 20 };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await InspectAsync(step, context, cancellationToken).ConfigureAwait(false) == WorkStepState.Done)
            return;
        await UndoAsync(step, context, cancellationToken).ConfigureAwait(false);
        var (snapshot, into) = (Snapshot(step, "dataset"), ZoneNames.RequireDataset(step["into"]));
        var doing = $"send {snapshot} to {into} at {Peer(context).Facts.Name}";
        try
        {
            await using var source = await Commands(Zone).StartAsync(["zfs", "send", "-R", snapshot], terminal: false, cancellationToken).ConfigureAwait(false);
            await using var sink = await Commands(Peer(context)).StartAsync(["zfs", "receive", into], terminal: false, cancellationToken).ConfigureAwait(false);
            var sent = await CopyAsync(source, sink, cancellationToken).ConfigureAwait(false);
            // The end that refuses says why; the other one only finds its stream cut.
            var received = await sink.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (received != 0)
                throw CommandErrors.Translate("zfs receive", received, sink.Error, doing);
            var code = await source.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (code != 0)
                throw CommandErrors.Translate("zfs send", code, source.Error, doing);
            context.Log($"{sent} bytes were sent.");
        }
        finally
        {
            PeerStep.Of(context).Watch.TouchAround();
        }
        if (await InspectAsync(step, context, cancellationToken).ConfigureAwait(false) != WorkStepState.Done)
            throw new ProviderException(ProviderError.ProviderFault, $"Could not {doing}: zfs says that it is done, and not all of the snapshots are there.") { NativeCode = "zfs:0" };
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (!await OursAsync(step, context, cancellationToken).ConfigureAwait(false))
            return WorkStepState.NotDone;
        var (dataset, into) = (ZoneNames.RequireDataset(step["dataset"]), ZoneNames.RequireDataset(step["into"]));
        var doing = $"compare {dataset} with {into}";
        var listed = await Commands(Zone).TryAsync(["zfs", "list", "-H", "-o", "name", "-r", "-t", "filesystem,volume", dataset], doing, cancellationToken).ConfigureAwait(false);
        // What is not here any more was taken away after all of it had arrived.
        if (listed.ExitCode != 0)
            return CommandErrors.Of(listed.Error) == ProviderError.NotFound ? WorkStepState.Done : throw CommandErrors.Translate("zfs", listed.ExitCode, listed.Error, doing);
        var names = string.Concat(Sections.Lines(listed.Output).Select(name => into + name.Trim()[dataset.Length..] + "\n"));
        var lacking = await Commands(Peer(context)).ScriptAsync(Lacking, [step["snapshot"]], names, doing, changes: false, cancellationToken).ConfigureAwait(false);
        return Sections.ByTitle(lacking, doing)[""].Trim().Length == 0 ? WorkStepState.Done : WorkStepState.Partial;
    }

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (!await OursAsync(step, context, cancellationToken).ConfigureAwait(false))
            return;
        var into = ZoneNames.RequireDataset(step["into"]);
        await Commands(Peer(context)).RunAsync(["zfs", "destroy", "-r", into], $"take back {into}", changes: true, cancellationToken).ConfigureAwait(false);
        PeerStep.Of(context).Watch.TouchAround();
    }

    /// <summary>Whether what is at the other end is this task's.</summary>
    private static async Task<bool> OursAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var snapshot = Snapshot(step, "into");
        var doing = $"look for {snapshot}";
        var mark = await Commands(Peer(context)).TryAsync(["zfs", "get", "-H", "-o", "value", "anyvisor:task", snapshot], doing, cancellationToken).ConfigureAwait(false);
        if (mark.ExitCode == 0)
            return mark.Output.Trim() == context.TaskId;
        var e = CommandErrors.Translate("zfs", mark.ExitCode, mark.Error, doing);
        return e.Error == ProviderError.NotFound ? false : throw e;
    }

    private static async Task<long> CopyAsync(SshProcess source, SshProcess sink, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        var sent = 0L;
        try
        {
            int read;
            while ((read = await source.Output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await sink.Input.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                sent += read;
            }
            await sink.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // One end takes or gives no more: their exit codes say why.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Close(sink);
        }
        return sent;
    }

    // In any case: the receiving end waits for its end.
    private static void Close(SshProcess sink)
    {
        try
        {
            sink.Input.Close();
        }
        catch (IOException)
        {
            // It has gone already.
        }
    }

    private static string Snapshot(StepArguments step, string of) => $"{ZoneNames.RequireDataset(step[of])}@{ZoneNames.RequireSnapshot(step["snapshot"])}";

    private static GlobalZone Peer(WorkContext context) => PeerStep.Of(context).Zone;

    private static CommandLine Commands(GlobalZone zone) => zone.Commands ?? throw new ProviderException(ProviderError.NotCapable, $"{zone.Way} sends no datasets.");
}
