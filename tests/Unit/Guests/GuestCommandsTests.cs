using System.Collections.Immutable;
using Anyvisor.Core.Access;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Xunit;

namespace Anyvisor.Unit.Tests.Guests;

public sealed class GuestCommandsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Ask Plain => new(FakeServer.Operator);

    [Theory]
    [InlineData("", "1 to 128 characters")]
    [InlineData("a/b", "'/'")]
    [InlineData("-rf", "begins with '-'")]
    [InlineData("..", "'..'")]
    [InlineData("a\nb", "U+000A")]
    [InlineData(" a", "space around")]
    public async Task A_name_that_would_hurt_somebody_is_refused(string name, string says)
    {
        await using var server = await FakeServer.StartAsync(new FakeSystem(1));

        var refused = await Assert.ThrowsAsync<CommandException>(() => server.Guests.CreateAsync(Request(name), Plain, Token));

        Assert.Equal(ProblemTypes.InvalidArgument, refused.Problem.Type);
        Assert.Contains(says, refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sizes_settings_providers_and_taken_names_are_checked_before_anything_is_made()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        var settings = ImmutableDictionary<string, string>.Empty.Add("frimware", "uefi");

        Assert.Contains("vcpus is 0", await WhyAsync(Request("a") with { Vcpus = 0 }), StringComparison.Ordinal);
        Assert.Contains("memory is 1 bytes", await WhyAsync(Request("a") with { Memory = 1 }), StringComparison.Ordinal);
        Assert.Contains("user-data", await WhyAsync(Request("a") with { Settings = settings }), StringComparison.Ordinal);
        Assert.Contains("There is no provider 'nowhere'", await WhyAsync(Request("a") with { Provider = "nowhere" }), StringComparison.Ordinal);
        var taken = await Assert.ThrowsAsync<Driver.ProviderException>(() => server.Guests.CreateAsync(Request("web"), Plain, Token));
        Assert.Equal(Driver.ProviderError.Conflict, taken.Error);
        Assert.Single(system.Disks);

        async Task<string> WhyAsync(CreateGuest request) =>
            (await Assert.ThrowsAsync<CommandException>(() => server.Guests.CreateAsync(request, Plain, Token))).Problem.Detail!;
    }

    [Fact]
    public async Task Every_verb_has_a_state_and_no_refusal_is_without_a_reason()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        var guest = server.Inventory.Get<Guest>(system.Find("web")!.Id)!;

        foreach (var role in Enum.GetValues<Role>())
        {
            var actions = server.Guests.ActionsFor(guest, role);
            Assert.Equal(Enum.GetValues<Verb>().Order(), actions.Keys);
            Assert.All(actions.Values.Where(state => !state.Allowed), state => Assert.False(string.IsNullOrEmpty(state.Reason?.Text)));
        }
        Assert.Equal("role", server.Guests.ActionsFor(guest, Role.Viewer)[Verb.Start].Reason?.Code);
        Assert.Equal("not-on", server.Guests.ActionsFor(guest, Role.Operator)[Verb.Stop].Reason?.Code);
        Assert.Equal(ActionLevel.None, server.Guests.ActionsFor(guest, Role.Operator)[Verb.Move].Level);
        Assert.True(server.Guests.ActionsFor(guest, Role.Operator)[Verb.Start].Allowed);
    }

    [Fact]
    public async Task A_viewer_changes_nothing()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        var viewer = new Ask(new Caller("eve", Role.Viewer));

        var refused = await Assert.ThrowsAsync<CommandException>(() => server.Guests.RunAsync("web", Verb.Start, viewer, Token));

        Assert.Equal(ProblemTypes.PermissionDenied, refused.Problem.Type);
        Assert.Empty(system.Effects);
    }

    [Fact]
    public async Task A_guest_that_runs_at_another_provider_is_not_started_here()
    {
        var system = new FakeSystem(1);
        var web = system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        await server.AddProviderAsync("second");
        var twin = web with { Id = ObjectId.Derive(ObjectKind.Guest, "second", web.NativeId), Provider = "second", Host = "elsewhere", Power = PowerState.On };
        server.Inventory.Apply("second", [new Seen(twin)]);

        var refused = await Assert.ThrowsAsync<CommandException>(() => server.Guests.RunAsync("fake/web", Verb.Start, Plain, Token));

        Assert.Contains("may run at second", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Empty(system.Effects);
    }

    [Fact]
    public async Task A_change_whose_second_half_is_refused_takes_back_the_first()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);

        var task = (await server.Guests.PatchAsync("web", new PatchGuest { Name = "shop", Vcpus = 1000 }, Plain, Token)).Task!;
        var ended = await server.Engine.WaitAsync(task.Id, Token);

        Assert.Equal(TaskState.Failed, ended.State);
        Assert.Equal(ProblemTypes.CapacityExceeded, ended.Error?.Type);
        Assert.NotNull(system.Find("web"));
        Assert.Equal([TaskStepState.Undone, TaskStepState.Failed, TaskStepState.Skipped], ended.Steps.Select(s => s.State));
    }

    [Fact]
    public async Task What_a_guest_is_promised_is_changed_with_its_size_and_taken_back_with_it()
    {
        var system = new FakeSystem(1);
        system.Put(system.AddGuest("web", PowerState.Off) with { Entitlement = new Entitlement { Units = 0.5m } });
        await using var server = await FakeServer.StartAsync(system);

        var task = (await server.Guests.PatchAsync("web", new PatchGuest { Vcpus = 4, Entitlement = 1.25m }, Plain, Token)).Task!;
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(task.Id, Token)).State);
        Assert.Equal((4, 1.25m), (system.Find("web")!.Vcpus, system.Find("web")!.Entitlement!.Units));

        var refused = await Assert.ThrowsAsync<CommandException>(() => server.Guests.PatchAsync("web", new PatchGuest { Entitlement = 0 }, Plain, Token));
        Assert.Contains("more than 0", refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_is_started_as_its_driver_has_a_choice_and_in_no_other_way()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);

        Assert.Contains("There are: boot-mode", await WhyAsync("boot-mood", "sms"), StringComparison.Ordinal);
        Assert.Contains("normal, sms", await WhyAsync("boot-mode", "fast"), StringComparison.Ordinal);
        Assert.Empty(system.Effects);
        var task = (await server.Guests.StartAsync("web", With("boot-mode", "sms"), Plain, Token)).Task!;
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(task.Id, Token)).State);
        Assert.Equal(["start web", "with boot-mode=sms"], system.Effects);

        async Task<string> WhyAsync(string name, string value) =>
            (await Assert.ThrowsAsync<CommandException>(() => server.Guests.StartAsync("web", With(name, value), Plain, Token))).Problem.Detail!;

        static StartGuest With(string name, string value) => new() { Settings = ImmutableDictionary<string, string>.Empty.Add(name, value) };
    }

    [Fact]
    public async Task A_secret_that_a_guest_is_started_with_reaches_its_driver_and_no_disk()
    {
        const string canary = "canary-7d1e-passphrase";
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.Off);
        await using var server = await FakeServer.StartAsync(system);
        var request = new StartGuest { Settings = ImmutableDictionary<string, string>.Empty.Add("passphrase", canary) };

        var task = (await server.Guests.StartAsync("web", request, Plain, Token)).Task!;
        Assert.Equal(TaskState.Succeeded, (await server.Engine.WaitAsync(task.Id, Token)).State);

        Assert.Equal(["start web", $"with passphrase={canary}"], system.Effects);
        foreach (var path in Directory.EnumerateFiles(server.Directory, "*.db*", SearchOption.AllDirectories))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
            Assert.DoesNotContain(canary, await reader.ReadToEndAsync(Token), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tags_are_set_and_removed_one_by_one()
    {
        var system = new FakeSystem(1);
        system.Put(system.AddGuest("web", PowerState.Off) with { Tags = ImmutableDictionary<string, string>.Empty.Add("env", "test").Add("old", "1") });
        await using var server = await FakeServer.StartAsync(system);
        var tags = ImmutableDictionary<string, string?>.Empty.Add("env", "prod").Add("old", null);

        var task = (await server.Guests.PatchAsync("web", new PatchGuest { Tags = tags }, Plain, Token)).Task!;
        await server.Engine.WaitAsync(task.Id, Token);

        Assert.Equal([new("env", "prod")], system.Find("web")!.Tags);
    }

    [Fact]
    public async Task A_guest_is_made_with_tags_also_where_its_system_keeps_none()
    {
        var system = new FakeSystem(1) { KeepsTags = false };
        await using var server = await FakeServer.StartAsync(system);

        var task = (await server.Guests.CreateAsync(Request("web") with { Tags = ImmutableDictionary<string, string>.Empty.Add("env", "prod") }, Plain, Token)).Task!;
        var ended = await server.Engine.WaitAsync(task.Id, Token);

        Assert.Equal((TaskState.Succeeded, "keep-tags"), (ended.State, ended.Steps[^1].Name));
        Assert.Empty(system.Find("web")!.Tags);
        Assert.Equal("prod", server.Inventory.Get<Guest>(system.Find("web")!.Id)!.Tags["env"]);
    }

    [Fact]
    public async Task A_console_ticket_opens_one_console_of_its_guest_once()
    {
        var system = new FakeSystem(1);
        system.AddGuest("web", PowerState.On);
        system.AddGuest("db", PowerState.On);
        await using var server = await FakeServer.StartAsync(system);
        var ticket = await server.Guests.ConsolesAsync("web", FakeServer.Operator, Token);
        var other = await server.Guests.ConsolesAsync("web", FakeServer.Operator, Token);

        await using var stream = await server.Guests.OpenConsoleAsync("web", ConsoleKind.Serial, ticket.Ticket, Token);
        var used = await Assert.ThrowsAsync<CommandException>(() => server.Guests.OpenConsoleAsync("web", ConsoleKind.Serial, ticket.Ticket, Token));
        var wrong = await Assert.ThrowsAsync<CommandException>(() => server.Guests.OpenConsoleAsync("db", ConsoleKind.Serial, other.Ticket, Token));

        Assert.Equal(ConsoleKind.Serial, Assert.Single(ticket.Consoles).Kind);
        Assert.Equal(ProblemTypes.PermissionDenied, used.Problem.Type);
        Assert.Equal(ProblemTypes.PermissionDenied, wrong.Problem.Type);
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
