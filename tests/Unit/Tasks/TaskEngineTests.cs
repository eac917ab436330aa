using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Xunit;

namespace Anyvisor.Unit.Tests.Tasks;

public sealed class TaskEngineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Ask Plain => new(FakeServer.Operator);

    [Fact]
    public async Task The_same_key_and_request_is_the_same_task_and_another_request_is_a_conflict()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        var ask = Plain with { IdempotencyKey = "once" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.Guests.RunAsync("web", Verb.Start, ask, Token)));
        await server.Engine.WaitAsync(answers[0].Task!.Id, Token);
        var again = await server.Guests.RunAsync("web", Verb.Start, ask, Token);
        var other = await Assert.ThrowsAsync<CommandException>(() => server.Guests.RunAsync("web", Verb.Stop, ask, Token));

        Assert.Single(answers.Select(answer => answer.Task!.Id).Append(again.Task!.Id).Distinct());
        Assert.Equal(["start web"], system.Effects);
        Assert.Equal(ProblemTypes.Conflict, other.Problem.Type);
        Assert.Equal([again.Task.Id], other.Problem.Candidates);
    }

    /// <summary>A busy machine once turned those that came second in circles until the stack was full.</summary>
    [Fact]
    public async Task Many_that_ask_at_once_with_one_key_get_one_task()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        for (var round = 0; round < 5; round++)
        {
            var ask = new Ask(FakeServer.Operator) { IdempotencyKey = $"key{round}" };
            var verb = round % 2 == 0 ? Verb.Start : Verb.Stop;
            var asked = Enumerable.Range(0, 300).Select(_ => Task.Run(async () => (await server.Guests.RunAsync("web", verb, ask, Token)).Task!.Id, Token));

            var task = Assert.Single((await Task.WhenAll(asked)).Distinct());

            Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(task, Token)).State);
        }
        Assert.Equal(["start web", "stop web", "start web", "stop web", "start web"], system.Effects);
    }

    [Fact]
    public async Task A_key_finds_the_task_that_renamed_its_guest_and_no_other_request()
    {
        var system = new FakeSystem(1);
        var id = system.AddGuest("web", PowerState.Off).Id.ToString();
        await using var server = await FakeServer.StartAsync(system);
        var ask = Plain with { IdempotencyKey = "once" };
        var first = (await server.Guests.PatchAsync("web", new PatchGuest { Name = "shop" }, ask, Token)).Task!;
        await server.Engine.WaitAsync(first.Id, Token);

        foreach (var reference in new[] { "web", "fake/web", id })
        {
            Assert.Equal(first.Id, (await server.Guests.PatchAsync(reference, new PatchGuest { Name = "shop" }, ask, Token)).Task!.Id);
            var other = await Assert.ThrowsAsync<CommandException>(() => server.Guests.PatchAsync(reference, new PatchGuest { Name = "mall" }, ask, Token));
            Assert.Equal([first.Id], other.Problem.Candidates);
        }
        Assert.NotNull(system.Find("shop"));
    }

    [Fact]
    public async Task A_dry_run_of_a_cancel_says_what_a_cancel_would()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        var snapshot = (await server.Guests.SnapshotAsync("web", new CreateSnapshot { Name = "before" }, Plain, Token)).Task!;
        await server.Engine.WaitAsync(snapshot.Id, Token);
        var (arrived, held) = (new SemaphoreSlim(0), new TaskCompletionSource());
        system.Between = _ =>
        {
            arrived.Release();
            return held.Task;
        };

        var making = (await server.Guests.CreateAsync(Request("new"), Plain, Token)).Task!;
        var reverting = (await server.Guests.RevertAsync("web", "before", Plain, Token)).Task!;
        await arrived.WaitAsync(Token);
        await arrived.WaitAsync(Token);
        var plan = await server.Engine.PlanCancelAsync(making.Id, Token);
        var planned = await Assert.ThrowsAsync<CommandException>(() => server.Engine.PlanCancelAsync(reverting.Id, Token));
        var asked = await Assert.ThrowsAsync<CommandException>(() => server.Engine.CancelAsync(reverting.Id, Token));
        held.SetResult();

        Assert.Equal(["Take back: disk new"], plan.Steps.Select(step => step.Label));
        Assert.Contains("gone too far", planned.Message, StringComparison.Ordinal);
        Assert.Equal(asked.Message, planned.Message);
        await server.Engine.WaitAsync(making.Id, Token);
        await Assert.ThrowsAsync<CommandException>(() => server.Engine.PlanCancelAsync(making.Id, Token));
    }

    [Fact]
    public async Task A_second_task_on_a_guest_is_refused_naming_the_first_or_waits_behind_it()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        var held = new TaskCompletionSource();
        system.Between = _ => held.Task;
        var first = (await server.Guests.CloneAsync("web", new CloneGuest("copy"), Plain, Token)).Task!;

        var refused = await Assert.ThrowsAsync<CommandException>(() => server.Guests.RunAsync("web", Verb.Start, Plain, Token));
        var queued = (await server.Guests.RunAsync("web", Verb.Start, Plain with { Queue = true }, Token)).Task!;
        var reasons = server.Guests.ActionsFor(server.Inventory.Get<Guest>(system.Find("web")!.Id)!, Role.Operator);

        Assert.Equal([first.Id], refused.Problem.Candidates);
        Assert.Equal(TaskState.Queued, queued.State);
        Assert.Equal("busy", reasons[Verb.Start].Reason?.Code);
        held.SetResult();
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(queued.Id, Token)).State);
        Assert.Equal(["define copy", "start web"], system.Effects);
    }

    [Fact]
    public async Task A_queued_task_is_cancelled_at_once_and_gives_its_turn_away()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        var held = new TaskCompletionSource();
        system.Between = _ => held.Task;
        await server.Guests.CloneAsync("web", new CloneGuest("copy"), Plain, Token);
        var queued = (await server.Guests.RunAsync("web", Verb.Start, Plain with { Queue = true }, Token)).Task!;

        await server.Engine.CancelAsync(queued.Id, Token);
        var ended = await server.Engine.WaitAsync(queued.Id, Token);
        held.SetResult();

        Assert.Equal(TaskState.Cancelled, ended.State);
        Assert.DoesNotContain("start web", system.Effects);
    }

    [Fact]
    public async Task A_step_that_fails_takes_back_the_steps_before_it()
    {
        var system = new FakeSystem(1);
        await using var server = await FakeServer.StartAsync(system);
        var created = false;
        system.Between = _ =>
        {
            if (created)
                return Task.CompletedTask;
            created = true;
            system.AddGuest("new", PowerState.Off);
            return Task.CompletedTask;
        };

        var task = (await server.Guests.CreateAsync(Request("new"), Plain, Token)).Task!;
        var ended = await server.Engine.WaitAsync(task.Id, Token);

        Assert.Equal(TaskState.Failed, ended.State);
        Assert.Equal(ProblemTypes.Conflict, ended.Error?.Type);
        Assert.Equal([TaskStepState.Undone, TaskStepState.Failed, TaskStepState.Skipped], ended.Steps.Select(step => step.State));
        Assert.DoesNotContain(task.Id, system.Disks.Values);
    }

    [Fact]
    public async Task A_dry_run_says_the_steps_and_leaves_no_trace()
    {
        var system = new FakeSystem(1);
        await using var server = await FakeServer.StartAsync(system);

        var answer = await server.Guests.CreateAsync(Request("new"), Plain with { DryRun = true }, Token);

        Assert.Null(answer.Task);
        Assert.Equal(["disk", "define", "observe"], answer.Plan!.Steps.Select(step => step.Name));
        Assert.Empty(system.Disks);
        Assert.Empty((await server.Engine.ListAsync(new TaskQuery(), Token)).Items);
        Assert.Empty((await server.Audit.ListAsync(10, null, Token)).Items);
    }

    [Fact]
    public async Task What_is_refused_is_in_the_audit_log_and_no_task_is_made()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.On);
        await using var server = await FakeServer.StartAsync(system);

        var refused = await Assert.ThrowsAsync<CommandException>(() => server.Guests.RunAsync("web", Verb.Start, Plain, Token));
        var line = Assert.Single((await server.Audit.ListAsync(10, null, Token)).Items);

        Assert.Contains("It is not off", refused.Message, StringComparison.Ordinal);
        Assert.Equal(("tester", "guest.start", "guest fake/web", "127.0.0.1", "refused"), (line.Actor, line.Action, line.Target, line.From, line.Outcome));
        Assert.Empty((await server.Engine.ListAsync(new TaskQuery(), Token)).Items);
    }

    [Fact]
    public async Task Old_tasks_are_forgotten_and_lists_go_page_by_page()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system, new TaskEngineOptions { Kept = 4 });
        for (var i = 0; i < 8; i++)
        {
            var task = (await server.Guests.RunAsync("web", i % 2 == 0 ? Verb.Start : Verb.Stop, Plain, Token)).Task!;
            await server.Engine.WaitAsync(task.Id, Token);
        }

        var first = await server.Engine.ListAsync(new TaskQuery { Limit = 3 }, Token);
        var second = await server.Engine.ListAsync(new TaskQuery { Limit = 3, Cursor = first.NextCursor }, Token);

        Assert.Equal(4, first.Total);
        Assert.Equal(["guest.stop", "guest.start", "guest.stop"], first.Items.Select(task => task.Kind));
        Assert.Equal(["guest.start"], second.Items.Select(task => task.Kind));
        Assert.Null(second.NextCursor);
    }

    [Fact]
    public async Task A_bulk_action_has_a_result_for_each_guest_and_survives_the_process()
    {
        var system = new FakeSystem(1);
        for (var i = 0; i < 40; i++)
            system.AddGuest($"web{i}", i == 7 ? PowerState.On : PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        var passed = 0;
        server.DieAt(_ => Interlocked.Increment(ref passed) == 60);
        var bulk = (await server.Guests.BulkAsync(new BulkAction { Action = Verb.Start, Filter = "name~web*" }, Plain, Token)).Task!;
        Assert.True(await server.DiesBeforeEndAsync(bulk.Id));
        await server.BuryAsync();
        await server.RestartAsync();

        var ended = await server.Engine.WaitAsync(bulk.Id, Token);

        Assert.Equal(TaskState.Failed, ended.State);
        Assert.Equal(39, ended.Items.Count(item => item.State == TaskState.Succeeded));
        Assert.Contains("not off", Assert.Single(ended.Items, item => item.State == TaskState.Failed).Error?.Detail, StringComparison.Ordinal);
        Assert.Equal(39, system.Effects.Length);
        Assert.Equal(39, system.Effects.Distinct().Count());
    }

    private static CreateGuest Request(string name) =>
        new()
        {
            Name = name,
            Provider = FakeSystem.Provider,
            Vcpus = 1,
            Memory = 1 << 30,
        };
}
