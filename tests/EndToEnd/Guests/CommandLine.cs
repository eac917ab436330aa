using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anyvisor.EndToEnd.Harness;
using Xunit;

namespace Anyvisor.EndToEnd.Guests;

/// <summary>What scripts build on: exit codes, clean output, dry runs and idempotency keys.</summary>
public sealed class CommandLine(LibvirtEstate estate) : IClassFixture<LibvirtEstate>
{
    private Cli Cli => estate.Cli;

    [Fact]
    public async Task Exit_codes_say_what_went_wrong()
    {
        var guest = await estate.CreateGuestAsync("codes", start: false);
        await Cli.WaitForAsync(guest, "power", "off");
        Assert.Equal(2, (await Cli.TryAsync("guest", "list", "--no-such-flag")).ExitCode);
        Assert.Equal(3, (await Cli.TryAsync("guest", "start", "no-such-guest")).ExitCode);
        Assert.Equal(4, (await Cli.TryAsync("guest", "list", "--token", "not-a-token")).ExitCode);
        Assert.Equal(5, (await Cli.TryAsync("guest", "console", await StartedAsync(guest), "--serial", "--expect", "never written", "--timeout", "1s")).ExitCode);
        var again = await Cli.TryAsync("guest", "create", guest, "--provider", LibvirtEstate.Provider, "--image", estate.Image, "--cpus", "1", "--memory", "256MiB");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains(guest, again.Error, StringComparison.Ordinal);
        Assert.Empty(again.Output);
        await Cli.DoAsync("guest", "delete", guest);
    }

    [Fact]
    public async Task A_filter_with_a_typo_names_the_nearest_field()
    {
        var ran = await Cli.TryAsync("guest", "list", "--filter", "pwoer:on");
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("power", ran.Error, StringComparison.Ordinal);
        Assert.Empty(ran.Output);
    }

    [Fact]
    public async Task A_list_as_JSON_is_an_array_and_nothing_else()
    {
        var guest = await estate.CreateGuestAsync("json", start: false);
        await Cli.WaitForAsync(guest, "power", "off");
        var list = await Cli.JsonAsync("guest", "list", "--filter", $"name:{guest}");
        Assert.Equal(JsonValueKind.Array, list.ValueKind);
        Assert.Equal(guest, Assert.Single(list.EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(guest, (await Cli.DoAsync("guest", "list", "--filter", $"name:{guest}", "-o", "name")).Trim());
        await Cli.DoAsync("guest", "delete", guest);
    }

    [Fact]
    public async Task A_dry_run_does_nothing()
    {
        var (domains, volumes) = (await estate.Virsh.DomainsAsync(), await estate.Virsh.VolumesAsync());
        var name = estate.NewName("dry");
        await Cli.DoAsync("guest", "create", name, "--provider", LibvirtEstate.Provider, "--image", estate.Image, "--cpus", "1", "--memory", "256MiB", "--dry-run");
        Assert.DoesNotContain(name, await estate.Virsh.DomainsAsync());
        Assert.Equal(volumes, await estate.Virsh.VolumesAsync());
        Assert.Equal(domains.Order(), (await estate.Virsh.DomainsAsync()).Order());
    }

    [Fact]
    public async Task More_memory_than_the_host_has_is_refused_before_anything_is_made()
    {
        var volumes = await estate.Virsh.VolumesAsync();
        var name = estate.NewName("huge");
        var ran = await Cli.TryAsync("guest", "create", name, "--provider", LibvirtEstate.Provider, "--image", estate.Image, "--cpus", "1", "--memory", "64TiB");
        Assert.NotEqual(0, ran.ExitCode);
        Assert.Contains("memory", ran.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("absent", await estate.Virsh.StateAsync(name));
        Assert.Equal(volumes, await estate.Virsh.VolumesAsync());
    }

    [Fact]
    public async Task The_same_idempotency_key_is_the_same_task()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var name = estate.NewName("once");
        using var http = await estate.Server.NewHttpClientAsync();
        var body = new { name, provider = LibvirtEstate.Provider, image = estate.Image, vcpus = 1, memory = 256L << 20 };
        var tasks = new List<string>();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/guests") { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", $"key-{name}");
            using var answer = await http.SendAsync(request, cancellation);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            Assert.NotNull(answer.Headers.Location);
            var task = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            tasks.Add(task.GetProperty("id").GetString()!);
        }
        Assert.Single(tasks.Distinct());
        await Cli.DoAsync("task", "wait", tasks[0]);
        Assert.Single(await estate.Virsh.DomainsAsync(), domain => domain == name);
        await Cli.DoAsync("guest", "delete", name);
    }

    [Fact]
    public async Task After_a_restart_the_estate_is_there_with_the_same_ids()
    {
        var guest = await estate.CreateGuestAsync("stays", start: false);
        var before = await Cli.WaitForAsync(guest, "power", "off");
        await estate.Server.KillAsync();
        await estate.Server.StartAsync();
        var after = await Cli.GuestAsync(guest);
        Assert.Equal(before.GetProperty("id").GetString(), after.GetProperty("id").GetString());
        Assert.Equal(before.GetProperty("createdAt").ToString(), after.GetProperty("createdAt").ToString());
        await Cli.DoAsync("guest", "delete", guest);
    }

    private async Task<string> StartedAsync(string guest)
    {
        await Cli.DoAsync("guest", "start", guest);
        return guest;
    }
}
