using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Benchmarks.Libvirt;

/// <summary>From the request to a running QEMU guest, against the same three calls to libvirt made by hand; and a linked clone.</summary>
internal static class CreateFigure
{
    private const int Rounds = 20;

    internal static async Task RunAsync(Figures figures)
    {
        var address = new ProviderAddress { Provider = "bench", Url = $"qemu+unix:///system?socket={LibvirtBench.Socket}" };
        await using var connection = await Connection.OpenAsync(address, LibvirtBench.Context, CancellationToken.None).ConfigureAwait(false);
        var (ours, byHand, clones) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds + 2; round++)
        {
            var name = $"bench-{Guid.NewGuid().ToString("N")[..8]}";
            var request = new CreateGuest { Name = name, Provider = "bench", Vcpus = 1, Memory = 64 << 20, Disk = 8 << 20, Networks = ["user"], Start = true };
            WorkPlan? plan = null;
            var took = await LibvirtBench.MillisecondsAsync(async () => await RunAsync(connection, plan = await connection.PlanCreateAsync(request, name, CancellationToken.None).ConfigureAwait(false), name).ConfigureAwait(false)).ConfigureAwait(false);
            var peer = await ByHandAsync(connection, plan!, name).ConfigureAwait(false);
            await UndoAsync(connection, plan!, name).ConfigureAwait(false);
            var clone = await CloneAsync(connection, request with { Start = false }).ConfigureAwait(false);
            if (round < 2)
                continue; // The first ones compile the code.
            ours.Add(took);
            byHand.Add(peer);
            clones.Add(clone);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  create to running: median {LibvirtBench.Median(ours):0} ms here, {LibvirtBench.Median(byHand):0} ms by hand; p99 {LibvirtBench.Quantile(ours, 0.99):0} and {LibvirtBench.Quantile(byHand, 0.99):0} ms"));
        figures.AtMost("create to running over libvirt's own time, median", LibvirtBench.Median(ours) - LibvirtBench.Median(byHand), 50, "ms");
        figures.AtMost("create to running over libvirt's own time, p99", LibvirtBench.Quantile(ours, 0.99) - LibvirtBench.Quantile(byHand, 0.99), 50, "ms");
        figures.AtMost("linked clone, p99", LibvirtBench.Quantile(clones, 0.99), 200, "ms");
    }

    /// <summary>What libvirt itself takes for a guest of the same description: volume, definition, start.</summary>
    private static async Task<double> ByHandAsync(Connection connection, WorkPlan plan, string name)
    {
        var client = connection.Daemon.Client;
        var define = plan.Steps.Single(s => s.Name == "define").Arguments;
        var disk = plan.Steps.Single(s => s.Name == "disk").Arguments;
        var other = name + "-by-hand";
        var xml = define["xml"].Replace(define["uuid"], Guid.NewGuid().ToString("D"), StringComparison.Ordinal).Replace(name, other, StringComparison.Ordinal);
        var volume = disk["volume"].Replace(name, other, StringComparison.Ordinal);
        DomainRef guest = default;
        VolumeRef made = default;
        var took = await LibvirtBench
            .MillisecondsAsync(async () =>
            {
                var pool = await client.StoragePoolLookupByNameAsync(disk["pool"], CancellationToken.None).ConfigureAwait(false);
                made = await client.StorageVolCreateXmlAsync(pool, VolumeWriter.New(volume, 8 << 20, "qcow2"), 0, CancellationToken.None).ConfigureAwait(false);
                guest = await client.DomainDefineXmlFlagsAsync(xml, 0, CancellationToken.None).ConfigureAwait(false);
                guest = await client.DomainCreateWithFlagsAsync(guest, 0, CancellationToken.None).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
        await client.DomainDestroyFlagsAsync(guest, 0, CancellationToken.None).ConfigureAwait(false);
        await client.DomainUndefineFlagsAsync(guest, 0, CancellationToken.None).ConfigureAwait(false);
        await client.StorageVolDeleteAsync(made, 0, CancellationToken.None).ConfigureAwait(false);
        return took;
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
