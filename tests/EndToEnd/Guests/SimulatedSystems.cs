using System.Text.Json;
using Anyvisor.EndToEnd.Harness;
using Xunit;

namespace Anyvisor.EndToEnd.Guests;

/// <summary>What a newcomer without the hardware does: starts a simulator, pastes its line, and works with its guests.</summary>
public sealed class SimulatedSystems : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("anyvisor-e2e-sim-").FullName;
    private ServerProcess? _server;

    private ServerProcess Server => _server!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartNewAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Theory]
    [InlineData("powervm", "partition")]
    [InlineData("zvm", "vm")]
    [InlineData("zones", "zone")]
    [InlineData("vcloud", "vm")]
    public async Task The_line_that_a_simulator_prints_adds_it_and_its_guests_start_and_stop(string system, string kind)
    {
        await using var simulated = await SimulatedSystem.StartAsync(system, _data, "--hosts", "1", "--guests", "8", "--name", system);
        var pasted = await simulated.PasteAsync(Server.Data);
        Assert.True(pasted.ExitCode == 0, pasted.ToString());
        await InStepAsync(system);

        var guests = (await Server.Cli.JsonAsync("guest", "list", "--filter", $"provider:{system} kind:{kind}")).EnumerateArray().ToArray();
        Assert.NotEmpty(guests);
        var off = guests.First(guest => Allows(guest, "start"));
        var name = $"{system}/{off.GetProperty("name").GetString()}";
        await Server.Cli.DoAsync("guest", "start", name);
        await Server.Cli.WaitForAsync(name, "power", "on");
        await Server.Cli.DoAsync("guest", "stop", name);
        await Server.Cli.WaitForAsync(name, "power", "off");
    }

    [Fact]
    public async Task An_unknown_system_is_named_with_those_that_there_are()
    {
        var ran = await Server.Cli.TryAsync("simulate", "as400");
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("powervm", ran.Error, StringComparison.Ordinal);
        Assert.Contains("--set flavor=", await Server.Cli.DoAsync("simulate", "--help"), StringComparison.Ordinal);
    }

    private Task<JsonElement> InStepAsync(string provider) =>
        Until.AsyncOf(
            $"{provider} is in step",
            () => Server.Cli.JsonAsync("provider", "show", provider),
            shown => shown.GetProperty("state").GetString() == "connected",
            Token
        );

    private static bool Allows(JsonElement guest, string verb) =>
        guest.GetProperty("actions").TryGetProperty(verb, out var action) && action.GetProperty("allowed").GetBoolean();
}
