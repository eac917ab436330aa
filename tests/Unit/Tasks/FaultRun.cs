using System.Collections.Immutable;
using System.Text;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Xunit;

namespace Anyvisor.Unit.Tests.Tasks;

/// <summary>One request, however many processes it takes to its end, and what must be so afterwards.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private const string Canary = "canary-7e1f0c55-secret";
    private readonly string _operation;
    private string _task = "";

    private FaultRun(string operation, FakeServer server) => (_operation, Server) = (operation, server);

    public static ImmutableArray<string> Operations { get; } =
        ["create", "create-start", "clone", "delete", "start", "stop", "reboot", "pause", "rename", "snapshot", "revert"];

    public FakeServer Server { get; }

    public int Deaths { get; private set; }

    public static async Task<FaultRun> PrepareAsync(string operation, int seed)
    {
        var system = new FakeSystem(seed);
        var on = operation is "stop" or "reboot" or "pause" or "clone" or "rename" or "snapshot" or "revert";
        var old = system.AddGuest("old", on ? PowerState.On : PowerState.Off);
        system.AddSnapshot(old, "before");
        return new FaultRun(operation, await FakeServer.StartAsync(system));
    }

    public async Task<string> SubmitAsync()
    {
        var ask = new Ask(FakeServer.Operator) { IdempotencyKey = "key" };
        var token = TestContext.Current.CancellationToken;
        var answer = await (
            _operation switch
            {
                "create" or "create-start" => Server.Guests.CreateAsync(Request(_operation == "create-start"), ask, token),
                "clone" => Server.Guests.CloneAsync("old", new CloneGuest("new"), ask, token),
                "delete" => Server.Guests.DeleteAsync("old", false, ask, token),
                "rename" => Server.Guests.PatchAsync("old", new PatchGuest { Name = "renamed", Vcpus = 2 }, ask, token),
                "snapshot" => Server.Guests.SnapshotAsync("old", new CreateSnapshot("after"), ask, token),
                "revert" => Server.Guests.RevertAsync("old", "before", ask, token),
                _ => Server.Guests.RunAsync("old", Enum.Parse<Verb>(_operation, ignoreCase: true), ask, token),
            }
        );
        return _task = answer.Task!.Id;
    }

    /// <summary>Dies as the server was told to, at most once.</summary>
    public async Task RunToEndAsync()
    {
        await SubmitAsync();
        while (await Server.DiesBeforeEndAsync(_task))
            await RiseAsync(_ => false);
    }

    /// <summary>Dies so many times, each at a point drawn by lot.</summary>
    public async Task RunToEndAsync(int deaths, Random random)
    {
        Server.DieAt(NthPoint(deaths > 0 ? random.Next(1, 14) : int.MaxValue));
        await SubmitAsync();
        while (await Server.DiesBeforeEndAsync(_task))
            await RiseAsync(NthPoint(--deaths > 0 ? random.Next(1, 10) : int.MaxValue));
    }

    /// <summary>I1 to I5.</summary>
    public async Task CheckAsync(string story)
    {
        var token = TestContext.Current.CancellationToken;
        var task = await Server.Engine.GetAsync(_task, token);
        story = $"{story}; ended {task.State} ({task.Error?.Detail}); did: {string.Join(", ", Server.System.Effects)}; log: {string.Join(" | ", task.Log.Select(l => l.Text))}";
        Assert.True(task.Ended, story);
        await CheckAuditAsync(task, story);
        CheckNothingTwice(story);
        CheckNothingLeftOver(task, story);
        CheckSecrets(task, story);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static CreateGuest Request(bool start) =>
        new()
        {
            Name = "new",
            Provider = FakeSystem.Provider,
            Vcpus = 1,
            Memory = 1 << 30,
            Start = start,
            Settings = ImmutableDictionary<string, string>.Empty.Add("user-data", Canary),
        };

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
        var made = system.Find("new") is not null;
        if (task.State is TaskState.Failed or TaskState.Cancelled)
            Assert.False(made, $"left a guest behind: {story}");
        if (task.State == TaskState.Succeeded && _operation is "create" or "create-start" or "clone")
        {
            Assert.True(made, $"no guest: {story}");
            Assert.Equal(system.Find("new")!.Id.ToString(), task.Result);
            Assert.NotNull(Server.Inventory.Get<Guest>(ObjectId.Parse(task.Result!)));
        }
        if (task.State == TaskState.Succeeded)
            CheckEffect(story);
        // What needs a person's check may lie about: the task lists it. Nothing else may.
        if (task.State != TaskState.NeedsCheck)
            Assert.True(
                system.Disks.All(disk => system.Find(disk.Value) is not null || disk.Value == "old" && system.Find("renamed") is not null),
                $"an orphaned disk ({string.Join(", ", system.Disks)}): {story}"
            );
    }

    private void CheckEffect(string story)
    {
        var system = Server.System;
        var old = system.Find("old");
        var right = _operation switch
        {
            "create-start" => system.Find("new")?.Power == PowerState.On,
            "delete" => old is null && system.Disks.Count == 0,
            "start" => old?.Power == PowerState.On,
            "stop" => old?.Power == PowerState.Off,
            "pause" => old?.Power == PowerState.Paused,
            "rename" => system.Find("renamed")?.Vcpus == 2,
            "snapshot" => system.SnapshotsOf(old!.NativeId).Count(s => s.Name == "after") == 1,
            _ => true,
        };
        Assert.True(right, $"says done and is not: {story}");
    }

    private void CheckSecrets(TaskInfo task, string story)
    {
        Assert.DoesNotContain(Canary, story, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, System.Text.Json.JsonSerializer.Serialize(task, Model.Json.ModelJson.Default.TaskInfo), StringComparison.Ordinal);
        foreach (var path in Directory.EnumerateFiles(Server.Directory, "anyvisor.db*"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            Assert.True(copy.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(Canary)) < 0, $"a secret in {Path.GetFileName(path)}: {story}");
        }
    }
}
