using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt;
using Anyvisor.Model;

namespace Anyvisor.Benchmarks.Libvirt;

/// <summary>
/// From the request to a running QEMU guest: what the driver adds to the time that libvirt itself takes to make the disk,
/// define and start, each time taken in the same run at the daemon's socket. And a linked clone.
/// </summary>
internal static class CreateFigure
{
    private const int Rounds = 100;

    // virStorageVolCreateXML, virDomainDefineXMLFlags, virDomainCreateWithFlags.
    private static readonly HashSet<uint> Unavoidable = [93, 350, 196];

    internal static async Task RunAsync(Figures figures)
    {
        await using var line = new LongLine(LibvirtBench.Socket, TimeSpan.Zero) { Watched = Unavoidable };
        var address = new ProviderAddress { Provider = "bench", Url = $"qemu+unix:///system?socket={line.Path}" };
        await using var connection = await Connection.OpenAsync(address, LibvirtBench.Context, CancellationToken.None).ConfigureAwait(false);
        var (totals, added, clones) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds + 3; round++)
        {
            var name = $"bench-{Guid.NewGuid().ToString("N")[..8]}";
            var request = new CreateGuest { Name = name, Provider = "bench", Vcpus = 1, Memory = 64 << 20, Disk = 8 << 20, Networks = ["user"], Start = true };
            WorkPlan? plan = null;
            var before = line.AnsweringMilliseconds;
            var took = await LibvirtBench.MillisecondsAsync(async () => await RunAsync(connection, plan = await connection.PlanCreateAsync(request, name, CancellationToken.None).ConfigureAwait(false), name).ConfigureAwait(false)).ConfigureAwait(false);
            var libvirt = line.AnsweringMilliseconds - before;
            await UndoAsync(connection, plan!, name).ConfigureAwait(false);
            var clone = round % 5 == 0 ? await CloneAsync(connection, request with { Start = false }).ConfigureAwait(false) : -1;
            if (round < 3)
                continue; // The first ones compile the code.
            totals.Add(took);
            added.Add(took - libvirt);
            if (clone >= 0)
                clones.Add(clone);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  create to running, with libvirt's own time: median {LibvirtBench.Median(totals):0} ms, p99 {LibvirtBench.Quantile(totals, 0.99):0} ms; added: median {LibvirtBench.Median(added):0} ms; linked clone: median {LibvirtBench.Median(clones):0} ms"));
        figures.AtMost("create to running beyond libvirt's own time, p99", LibvirtBench.Quantile(added, 0.99), 50, "ms");
        figures.AtMost("linked clone, p99", LibvirtBench.Quantile(clones, 0.99), 200, "ms");
    }

    private static async Task<double> CloneAsync(Connection connection, CreateGuest request)
    {
        var task = request.Name + "-source";
        var create = await connection.PlanCreateAsync(request with { Name = task }, task, CancellationToken.None).ConfigureAwait(false);
        await RunAsync(connection, create, task).ConfigureAwait(false);
        var source = await connection.ReadGuestAsync(create.Makes!.Value, CancellationToken.None).ConfigureAwait(false) ?? throw new InvalidOperationException($"{task} is gone.");
        var copy = request.Name + "-clone";
        WorkPlan? plan = null;
        var took = await LibvirtBench.MillisecondsAsync(async () => await RunAsync(connection, plan = await connection.PlanCloneAsync(source, new CloneGuest(copy), copy, CancellationToken.None).ConfigureAwait(false), copy).ConfigureAwait(false)).ConfigureAwait(false);
        var cloned = await connection.ReadGuestAsync(plan!.Makes!.Value, CancellationToken.None).ConfigureAwait(false) ?? throw new InvalidOperationException($"{copy} is gone.");
        foreach (var guest in (Guest[])[cloned, source])
            await RunAsync(connection, await connection.PlanDeleteAsync(guest, keepDisks: false, "cleanup", CancellationToken.None).ConfigureAwait(false), "cleanup").ConfigureAwait(false);
        return took;
    }

    private static WorkContext Context(string task) => new() { TaskId = task, Progress = new Progress<double>(), Log = _ => { } };

    private static async Task RunAsync(Connection connection, WorkPlan plan, string task)
    {
        foreach (var step in plan.Steps)
            await connection.RunStepAsync(step, Context(task), CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task UndoAsync(Connection connection, WorkPlan plan, string task)
    {
        foreach (var step in plan.Steps.Reverse())
            await connection.UndoStepAsync(step, Context(task), CancellationToken.None).ConfigureAwait(false);
    }
}
