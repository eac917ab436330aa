using Anyvisor.Core.Images;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Xunit;

namespace Anyvisor.Unit.Tests.Images;

/// <summary>An uploaded file belongs to one task, and goes when that ends, however it ends.</summary>
public sealed class ImportTests
{
    private static readonly Ask Operator = new(FakeServer.Operator) { Queue = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_import_that_is_called_off_while_it_waits_leaves_no_file()
    {
        var system = new FakeSystem(1);
        await using var server = await FakeServer.StartAsync(system);
        var go = new TaskCompletionSource();
        system.Between = _ => go.Task;
        var first = (await ImportAsync(server, Disk(), Operator)).Task!;
        var second = (await ImportAsync(server, Disk(), Operator)).Task!;
        Assert.Equal(2, Files(server).Length);

        await server.Engine.CancelAsync(second.Id, Token);

        Assert.Equal(TaskState.Cancelled, (await server.Engine.WaitAsync(second.Id, Token)).State);
        go.SetResult();
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(first.Id, Token)).State);
        await NoFileIsLeftAsync(server);
    }

    [Fact]
    public async Task Two_uploads_with_one_key_are_one_task_and_leave_no_file()
    {
        await using var server = await FakeServer.StartAsync(new FakeSystem(1));
        var ask = Operator with { IdempotencyKey = "once" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ImportAsync(server, Disk(), ask)));

        var task = Assert.Single(answers.Select(answer => answer.Task!.Id).Distinct());
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(task, Token)).State);
        Assert.Single(server.System.Images);
        await NoFileIsLeftAsync(server);
    }

    [Fact]
    public async Task An_upload_that_breaks_off_or_is_no_disk_leaves_nothing()
    {
        await using var server = await FakeServer.StartAsync(new FakeSystem(1));

        await Assert.ThrowsAsync<IOException>(() => ImportAsync(server, new BrokenStream(), Operator));
        await Assert.ThrowsAsync<CommandException>(() => ImportAsync(server, new MemoryStream("hello"u8.ToArray()), Operator));
        await Assert.ThrowsAsync<CommandException>(() => ImportAsync(server, new MemoryStream(), Operator));

        Assert.Empty(Files(server));
        Assert.Empty((await server.Engine.ListAsync(new TaskQuery(), Token)).Items);
    }

    private static Task<CommandAnswer> ImportAsync(FakeServer server, Stream body, Ask ask) =>
        server.Images.ImportAsync(new ImageUpload { Name = "disk", Provider = FakeSystem.Provider }, body, null, ask, Token);

    private static MemoryStream Disk()
    {
        var disk = new byte[4096];
        (disk[510], disk[511]) = (0x55, 0xaa);
        return new MemoryStream(disk);
    }

    private static string[] Files(FakeServer server) => Directory.GetFiles(server.Database.Directory.Spool);

    // A task's end is told a moment before its engine has let go of it.
    private static async Task NoFileIsLeftAsync(FakeServer server)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (Files(server) is { Length: > 0 } left)
        {
            Assert.False(patience.IsCancellationRequested, $"left in the spool: {string.Join(", ", left)}");
            await Task.Yield();
        }
    }

    /// <summary>A caller that hangs up after its first block.</summary>
    private sealed class BrokenStream : MemoryStream
    {
        public BrokenStream()
            : base(new byte[1000]) { }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position == 0 ? base.ReadAsync(buffer, cancellationToken) : throw new IOException("connection reset by peer");
    }
}
