using System.Collections.Immutable;
using System.Text;
using Anyvisor.Core.Access;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers;

/// <summary>The process dies at every place of every change to a provider; the next start finishes it.</summary>
public sealed class ProviderTaskTests
{
    private const string Canary = "canary-41c9-provider-password";
    private static readonly Caller Admin = new("boss", Role.Admin, "127.0.0.1");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("add")]
    [InlineData("update")]
    [InlineData("remove")]
    [InlineData("check")]
    [InlineData("refresh")]
    public async Task Whenever_the_process_dies_the_change_is_made_once_and_no_secret_is_left(string operation)
    {
        var points = await RunAsync(operation, null);
        Assert.NotEmpty(points);
        foreach (var point in points.Distinct())
            await RunAsync(operation, point);
    }

    /// <returns>The places that it passed.</returns>
    private static async Task<ImmutableArray<string>> RunAsync(string operation, string? dieAt)
    {
        await using var server = await FakeServer.StartAsync(new FakeSystem(1));
        if (operation != "add")
            await server.AddProviderAsync("lab");
        server.DieAt(point => point == dieAt);
        var task = await SubmitAsync(server, operation);
        var deaths = 0;
        while (await server.DiesBeforeEndAsync(task))
        {
            deaths++;
            await server.BuryAsync();
            await server.RestartColdAsync();
            Assert.Equal(task, await SubmitAsync(server, operation));
        }
        Assert.Equal(dieAt is null ? 0 : 1, deaths);

        var ended = await server.Engine.GetAsync(task, Stop);
        Assert.True(ended.State == TaskState.Succeeded, $"{operation} after death at {dieAt}: {ended.State}, {ended.Error?.Detail}");
        Assert.Equal(operation != "remove", server.Registry.Has("lab"));
        if (operation == "update")
            Assert.Equal("somebody", server.Registry.Get("lab").User);
        if (operation is "add" or "update")
            Assert.Equal(["password"], server.Registry.Get("lab").Secrets);
        var lines = (await server.Audit.ListAsync(100, null, Stop)).Items.Where(line => line.Task == task).Select(line => $"{line.Action} {line.Target} {line.Outcome}").Reverse();
        Assert.Equal([$"provider.{operation} provider lab accepted", $"provider.{operation} provider lab done"], lines);
        foreach (var file in Directory.EnumerateFiles(server.Directory, "*.db*", SearchOption.AllDirectories))
            Assert.Equal(-1, (await ReadAsync(file)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Canary)));
        return [.. server.Passed];
    }

    private static async Task<string> SubmitAsync(FakeServer server, string operation)
    {
        var ask = new Ask(Admin) { IdempotencyKey = "key" };
        var answer = operation switch
        {
            "add" => await server.Providers.AddAsync(new AddProvider { Name = "lab", Driver = "empty", Url = "empty:", Password = Canary }, ask, Stop),
            "update" => await server.Providers.UpdateAsync("lab", new PatchProvider { User = "somebody", Password = Canary }, ask, Stop),
            "remove" => await server.Providers.RemoveAsync("lab", ask, Stop),
            "check" => await server.Providers.CheckAsync("lab", ask, Stop),
            _ => await server.Providers.RefreshAsync("lab", false, ask, Stop),
        };
        return answer.Task!.Id;
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, Stop);
        return bytes;
    }
}
