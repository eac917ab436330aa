using System.Globalization;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Unit.Tests.Tasks;

/// <summary>
/// The process dies at every step of the journal, and inside the system's own work; answers get lost. After each run the
/// invariants are looked at: nothing twice, nothing lost, every task ended, nothing left lying about.
/// </summary>
public sealed class FaultTests
{
    private const int RandomRuns = 60;

    [Theory]
    [InlineData("create")]
    [InlineData("create-start")]
    [InlineData("clone")]
    [InlineData("delete")]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("reboot")]
    [InlineData("pause")]
    [InlineData("rename")]
    [InlineData("snapshot")]
    [InlineData("revert")]
    public async Task Whatever_is_asked_survives_a_death_at_every_point(string operation)
    {
        List<string> points;
        await using (var quiet = await FaultRun.PrepareAsync(operation, seed: 1))
        {
            await quiet.RunToEndAsync();
            points = [.. quiet.Server.Passed];
        }
        Assert.NotEmpty(points);
        foreach (var point in points)
        {
            await using var run = await FaultRun.PrepareAsync(operation, seed: 1);
            run.Server.DieAt(passed => passed == point);
            await run.RunToEndAsync();
            Assert.True(run.Deaths == 1, $"{operation} did not pass {point} again.");
            await run.CheckAsync($"{operation} killed at {point}");
        }
    }

    [Fact]
    public async Task Deaths_and_lost_answers_at_random_break_no_invariant()
    {
        var seed = Environment.GetEnvironmentVariable("ANYVISOR_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        var runs = Environment.GetEnvironmentVariable("ANYVISOR_FAULT_RUNS") is { } count ? int.Parse(count, CultureInfo.InvariantCulture) : RandomRuns;
        TestContext.Current.TestOutputHelper?.WriteLine($"ANYVISOR_SEED={seed}");
        var random = new Random(seed);
        for (var i = 0; i < runs; i++)
        {
            var operation = FaultRun.Operations[random.Next(FaultRun.Operations.Length)];
            var runSeed = random.Next();
            await using var run = await FaultRun.PrepareAsync(operation, runSeed);
            run.Server.System.Loss = random.Next(3) * 0.2;
            var deaths = random.Next(4);
            await run.RunToEndAsync(deaths, random);
            await run.CheckAsync($"ANYVISOR_SEED={seed}, run {i}: {operation}, seed {runSeed}, loss {run.Server.System.Loss}, {run.Deaths} deaths");
        }
    }

    [Fact]
    public async Task A_cancelled_create_that_dies_is_undone_by_the_next_process()
    {
        await using var run = await FaultRun.PrepareAsync("create-start", seed: 3);
        run.Server.DieAt(point => point == "inside/define new");
        var task = await run.SubmitAsync();
        await run.Server.Death;
        await run.Server.Engine.CancelAsync(task, TestContext.Current.CancellationToken);
        await run.Server.BuryAsync();
        await run.Server.RestartAsync();

        var ended = await run.Server.Engine.WaitAsync(task, TestContext.Current.CancellationToken);

        Assert.Equal(TaskState.Cancelled, ended.State);
        Assert.Null(run.Server.System.Find("new"));
        Assert.DoesNotContain("new.disk", run.Server.System.Disks.Keys);
    }

    [Fact]
    public async Task A_resumed_task_waits_for_a_provider_that_is_down_and_says_so()
    {
        await using var run = await FaultRun.PrepareAsync("start", seed: 4);
        run.Server.DieAt(point => point.EndsWith(FailPoints.AfterEffect, StringComparison.Ordinal));
        var task = await run.SubmitAsync();
        await run.Server.Death;
        await run.Server.BuryAsync();
        run.Server.System.Down = true;
        await run.Server.RestartAsync();
        while (!(await run.Server.Engine.GetAsync(task, TestContext.Current.CancellationToken)).Log.Any(line => line.Text.Contains("waiting", StringComparison.Ordinal)))
            await Task.Yield();

        run.Server.System.Down = false;
        var ended = await run.Server.Engine.WaitAsync(task, TestContext.Current.CancellationToken);

        Assert.Equal(TaskState.Succeeded, ended.State);
        Assert.Equal(["start old"], run.Server.System.Effects);
    }

    [Theory]
    [InlineData("start")]
    [InlineData("delete")]
    [InlineData("create")]
    public async Task A_new_process_whose_provider_is_not_connected_yet_waits_for_it(string operation)
    {
        await using var run = await FaultRun.PrepareAsync(operation, seed: 6);
        run.Server.DieAt(point => point.EndsWith(FailPoints.AfterEffect, StringComparison.Ordinal));
        var task = await run.SubmitAsync();
        await run.Server.Death;
        await run.Server.BuryAsync();
        run.Server.System.Down = true;
        await run.Server.RestartColdAsync();
        while (!(await run.Server.Engine.GetAsync(task, TestContext.Current.CancellationToken)).Log.Any(line => line.Text.StartsWith("Waiting for fake", StringComparison.Ordinal)))
            await Task.Yield();

        run.Server.System.Down = false;
        var ended = await run.Server.Engine.WaitAsync(task, TestContext.Current.CancellationToken);

        Assert.Equal(TaskState.Succeeded, ended.State);
        await run.CheckAsync(operation);
    }

    [Fact]
    public async Task A_reboot_whose_answer_is_lost_is_not_done_again_but_shown_to_a_person()
    {
        await using var run = await FaultRun.PrepareAsync("reboot", seed: 5);
        run.Server.System.Loss = 1;
        var task = await run.SubmitAsync();

        var ended = await run.Server.Engine.WaitAsync(task, TestContext.Current.CancellationToken);

        Assert.Equal(TaskState.NeedsCheck, ended.State);
        Assert.Equal("urn:anyvisor:problem:needs-check", ended.Error?.Type);
        Assert.Contains("Reboot old", ended.Error?.Detail, StringComparison.Ordinal);
        Assert.True(run.Server.System.Effects.Length <= 1);
    }
}
