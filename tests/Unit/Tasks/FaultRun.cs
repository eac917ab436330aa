using System.Text;
using Anyvisor.Core.Guests.Kinds;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Store;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Xunit;

namespace Anyvisor.Unit.Tests.Tasks;

/// <summary>One request, however many processes it takes to its end, and what must be so afterwards.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private readonly FaultOperation _operation;
    private string _task = "";

    private FaultRun(FaultOperation operation, FakeServer server) => (_operation, Server) = (operation, server);

    public FakeServer Server { get; }

    public int Deaths { get; private set; }

    public static async Task<FaultRun> PrepareAsync(FaultOperation operation, int seed)
    {
        var system = new FakeSystem(seed);
        var old = system.AddGuest("old", operation.Power);
        system.AddGuest("other", PowerState.On);
        system.AddGuest("third", PowerState.On);
        system.AddSnapshot(old, "before");
        system.PutImage("golden", new NativeId("golden"), "somebody");
        return new FaultRun(operation, await FakeServer.StartAsync(system));
    }

    /// <summary>Asks, again where the store can't take it down or the estate is not known yet, as a client does.</summary>
    public async Task<string> SubmitAsync()
    {
        var ask = new Ask(FakeServer.Operator) { IdempotencyKey = "key" };
        var token = TestContext.Current.CancellationToken;
        while (true)
            try
            {
                return _task = (await _operation.AskAsync(Server, ask, token)).Task!.Id;
            }
            catch (StoreException e) when (e.Fault == StoreFault.Io)
            {
                await Task.Yield();
            }
    }

    /// <summary>Dies as the server was told to, at most once.</summary>
    public async Task RunToEndAsync()
    {
        await SubmitAsync();
        while (await Server.DiesBeforeEndAsync(_task))
            await RiseAsync(_ => false);
    }

    /// <summary>Dies so many times, each at a point drawn by lot, while lesser faults come at others.</summary>
    public async Task RunToEndAsync(int deaths, Random random)
    {
        Server.DieAt(NthPoint(deaths > 0 ? random.Next(1, 14) : int.MaxValue));
        var cancelAt = random.Next(6) == 0 ? random.Next(1, 10) : int.MaxValue;
        var (passed, disturb) = (0, new Random(random.Next()));
        Server.Disturb = async () =>
        {
            var now = Interlocked.Increment(ref passed);
            var lot = Lot(disturb);
            if (lot < 0.05)
                await Server.RefuseOneWriteAsync();
            else if (lot < 0.1)
                Server.GoDownFor(TimeSpan.FromMilliseconds(30));
            if (now == cancelAt)
                await CancelAsync();
        };
        await SubmitAsync();
        while (await Server.DiesBeforeEndAsync(_task))
            await RiseAsync(NthPoint(--deaths > 0 ? random.Next(1, 10) : int.MaxValue));
    }

    // The points of several tasks are passed at once.
    private static double Lot(Random random)
    {
        lock (random)
            return random.NextDouble();
    }

    private async Task CancelAsync()
    {
        try
        {
            await Server.Engine.CancelAsync(_task, TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is CommandException or StoreException)
        {
            // It has gone too far, is not known by that name yet, or can't be written down: it goes on.
        }
    }

    /// <summary>I1 to I5.</summary>
    public async Task<TaskState> CheckAsync(string story)
    {
        var token = TestContext.Current.CancellationToken;
        var task = await Server.Engine.GetAsync(_task, token);
        story = $"{story}; ended {task.State} ({task.Error?.Detail}); did: {string.Join(", ", Server.System.Effects)}; log: {string.Join(" | ", task.Log.Select(l => l.Text))}";
        Assert.True(task.Ended, story);
        await CheckAuditAsync(task, story);
        CheckNothingTwice(story);
        CheckNothingLeftOver(task, story);
        CheckSpool(task, story);
        CheckSecrets(task, story);
        return task.State;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static Func<string, bool> NthPoint(int n) => _ => Interlocked.Decrement(ref n) == 0;

    private async Task RiseAsync(Func<string, bool> next)
    {
        Deaths++;
        await Server.BuryAsync();
        Server.DieAt(next);
        await Server.RestartAsync();
        // Asking again with the same key, as a client does that got no answer, finds the same task.
        var known = _task;
        Assert.Equal(known, await SubmitAsync());
    }

    private async Task CheckAuditAsync(TaskInfo task, string story)
    {
        var audit = await Server.Audit.ListAsync(100, null, TestContext.Current.CancellationToken);
        var outcomes = audit.Items.Where(line => line.Task == task.Id).Select(line => line.Outcome).ToArray();
        Assert.True(outcomes.Length == 2 && outcomes[1] == "accepted", $"audit {string.Join(",", outcomes)}: {story}");
    }

    private void CheckNothingTwice(string story)
    {
        var effects = Server.System.Effects;
        foreach (var effect in effects.Where(e => !e.StartsWith("undo", StringComparison.Ordinal)).Distinct())
        {
            var undone = effects.Count(e => e == "undo " + effect);
            Assert.True(effects.Count(e => e == effect) <= 1 + undone, $"'{effect}' twice: {story}");
        }
        Assert.True(Server.System.Guests.GroupBy(g => g.Name).All(g => g.Count() == 1), $"a guest twice: {story}");
    }

    private void CheckNothingLeftOver(TaskInfo task, string story)
    {
        var system = Server.System;
        var made = system.Find("new") is not null || system.Images.Any(image => image.Name == "disk");
        if (task.State is TaskState.Failed or TaskState.Cancelled)
            Assert.False(made, $"left something behind: {story}");
        if (task.State is TaskState.Failed or TaskState.Cancelled && _operation.Kind == ChangeKind.KindName)
            Assert.True(system.Find("old") is { Vcpus: 1, Tags.IsEmpty: true }, $"half changed: {story}");
        if (task.State == TaskState.Succeeded && _operation.Kind is CreateKind.KindName or CloneKind.KindName && made)
        {
            Assert.Equal(system.Find("new")!.Id.ToString(), task.Result);
            Assert.NotNull(Server.Inventory.Get<Guest>(ObjectId.Parse(task.Result!)));
        }
        if (task.State == TaskState.Succeeded)
            Assert.True(_operation.IsDone(system), $"says done and is not: {story}");
        // What needs a person's check may lie about: the task lists it. Nothing else may.
        if (task.State != TaskState.NeedsCheck)
            Assert.True(
                system.Disks.All(disk => system.Find(disk.Value) is not null || disk.Value == "old" && system.Find("renamed") is not null),
                $"an orphaned disk ({string.Join(", ", system.Disks)}): {story}"
            );
    }

    // The uploaded file belongs to the task; the next start sweeps what a death at its very end left.
    private void CheckSpool(TaskInfo task, string story)
    {
        var spool = Server.Database.Directory.Spool;
        SpinWait.SpinUntil(() => !Directory.EnumerateFiles(spool).Any(), TimeSpan.FromSeconds(5));
        Assert.True(!Directory.EnumerateFiles(spool).Any(), $"an upload is left of {task.Id}: {story}");
    }

    private void CheckSecrets(TaskInfo task, string story)
    {
        Assert.DoesNotContain(FaultOperation.Canary, story, StringComparison.Ordinal);
        Assert.DoesNotContain(FaultOperation.Canary, System.Text.Json.JsonSerializer.Serialize(task, Model.Json.ModelJson.Default.TaskInfo), StringComparison.Ordinal);
        foreach (var path in Directory.EnumerateFiles(Server.Directory, "anyvisor.db*"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            Assert.True(copy.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(FaultOperation.Canary)) < 0, $"a secret in {Path.GetFileName(path)}: {story}");
        }
    }
}
