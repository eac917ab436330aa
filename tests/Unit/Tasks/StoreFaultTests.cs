using Anyvisor.Core.Store;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Dapper;
using Xunit;

namespace Anyvisor.Unit.Tests.Tasks;

/// <summary>What can't be written down is not done, and what was done is not forgotten.</summary>
public sealed class StoreFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mutation_that_the_audit_log_can_not_take_is_refused_and_reads_go_on()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        await server.Database.Ledger.WriteAsync(
            c => c.Execute("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END"),
            Token
        );

        var refused = await Assert.ThrowsAsync<StoreException>(() => server.Guests.RunAsync("web", Verb.Start, new Ask(FakeServer.Operator), Token));

        Assert.Equal(StoreFault.Refused, refused.Fault);
        Assert.Empty(system.Effects);
        Assert.Empty((await server.Engine.ListAsync(new TaskQuery(), Token)).Items);
        // The guest is free: what was refused holds no lane.
        await server.Database.Ledger.WriteAsync(c => c.Execute("DROP TRIGGER broken"), Token);
        var task = (await server.Guests.RunAsync("web", Verb.Start, new Ask(FakeServer.Operator), Token)).Task!;
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(task.Id, Token)).State);
    }

    [Fact]
    public async Task A_task_whose_journal_is_full_stands_still_and_goes_on_when_there_is_space()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        system.Between = async _ =>
        {
            reached.TrySetResult();
            await go.Task;
        };
        var task = (await server.Guests.CloneAsync("web", new CloneGuest("copy"), new Ask(FakeServer.Operator), Token)).Task!;
        await reached.Task;
        await LimitAsync(server);
        var filled = await Assert.ThrowsAsync<StoreException>(() => FillAsync(server));
        go.SetResult();

        var ended = await server.Engine.WaitAsync(task.Id, Token);

        Assert.Equal(StoreFault.Full, filled.Fault);
        Assert.Equal(TaskState.Succeeded, ended.State);
        Assert.Equal(["define copy"], system.Effects);
    }

    private static Task LimitAsync(FakeServer server) =>
        server.Database.Ledger.WriteAsync(
            c =>
            {
                var count = c.ExecuteScalar<long>("SELECT page_count FROM pragma_page_count");
                c.Execute($"PRAGMA max_page_count = {count}");
            },
            Token
        );

    private static Task<int> FillAsync(FakeServer server) =>
        server.Database.Ledger.WriteAsync(c => c.Execute("CREATE TABLE fill AS SELECT zeroblob(1000000)"), Token);
}
