using System.Collections.Immutable;
using Anyvisor.Core.Placement;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Xunit;
using static Anyvisor.Model.Architecture;
using Arch = Anyvisor.Model.Architecture;

namespace Anyvisor.Unit.Tests.Placement;

public sealed class PlacementTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>guest's system, its architecture, host's hypervisor, its processor, what it emulates, the rule that fails.</summary>
    public static TheoryData<OsFamily, Arch, string, Arch, Arch[], string?> Table() =>
        new()
        {
            { OsFamily.Linux, X86_64, "QEMU", X86_64, [X86_64], null },
            { OsFamily.Linux, Ppc64le, "QEMU", X86_64, [X86_64, Ppc64, S390x], null },
            { OsFamily.Linux, S390x, "QEMU", X86_64, [X86_64, S390x], null },
            { OsFamily.Linux, S390x, "QEMU", X86_64, [X86_64], "placement.architecture" },
            { OsFamily.Linux, I686, "VMware ESXi", X86_64, [], null },
            { OsFamily.Linux, Ppc64le, "VMware ESXi", X86_64, [], "placement.architecture" },
            { OsFamily.Ibmi, Ppc64, "QEMU", X86_64, [X86_64, Ppc64], "placement.operating-system" },
            { OsFamily.Ibmi, Ppc64, "QEMU", Ppc64le, [Ppc64, Ppc64le], "placement.operating-system" },
            { OsFamily.Ibmi, Ppc64, "PHYP", Ppc64le, [], null },
            { OsFamily.Aix, Unknown, "Xen", X86_64, [], "placement.operating-system" },
            { OsFamily.Aix, Ppc64, "PHYP", Ppc64, [], null },
            { OsFamily.Zos, S390x, "QEMU", S390x, [S390x], "placement.operating-system" },
            { OsFamily.Zos, S390x, "z/VM", S390x, [], null },
            { OsFamily.Windows, X86_64, "LXC", X86_64, [], "placement.operating-system" },
            { OsFamily.Windows, X86_64, "PHYP", Ppc64le, [], "placement.operating-system" },
            { OsFamily.Unknown, Unknown, "LXC", X86_64, [], null },
            { OsFamily.Linux, X86_64, "QEMU", Unknown, [], null },
        };

    [Theory]
    [MemberData(nameof(Table))]
    public void A_rule_fails_where_the_system_can_not_run(OsFamily os, Arch arch, string hypervisor, Arch processor, Arch[] emulates, string? rule)
    {
        var host = Host("p", "h", hypervisor, processor, emulates);
        Assert.Equal(rule, HostRules.Objection(new GuestNeeds(arch, os, 1 << 30), host)?.Rule.Id);
    }

    [Fact]
    public void A_host_that_is_down_or_too_small_is_none()
    {
        var needs = new GuestNeeds(X86_64, OsFamily.Linux, 1L << 40);
        var host = Host("p", "h", "QEMU", X86_64, []);
        Assert.Equal("placement.memory", HostRules.Objection(needs, host)?.Rule.Id);
        Assert.Equal("placement.host-down", HostRules.Objection(needs, host with { State = HostState.Maintenance })?.Rule.Id);
        Assert.Equal("placement.host-down", HostRules.Objection(needs, host with { Presence = Presence.Missing })?.Rule.Id);
    }

    [Fact]
    public async Task An_IBM_i_image_on_an_x64_provider_is_answered_with_the_rule_and_the_hosts_that_can()
    {
        var system = new FakeSystem(1);
        await using var server = await FakeServer.StartAsync(system);
        await server.AddProviderAsync("power");
        server.Inventory.Apply(FakeSystem.Provider, [new Seen(Host(FakeSystem.Provider, "kvm1", "QEMU", X86_64, [X86_64, Ppc64])), new Seen(Image(FakeSystem.Provider, "ibmi75"))]);
        server.Inventory.Apply("power", [new Seen(Host("power", "sys1", "PHYP", Ppc64le, [])), new Seen(Host("power", "kvm2", "QEMU", Ppc64le, [])), new Seen(Image("power", "payroll"))]);

        foreach (var image in new[] { "ibmi75", "power/payroll" })
        {
            var refused = await Assert.ThrowsAsync<CommandException>(() => server.Guests.CreateAsync(Request(image), new Ask(FakeServer.Operator), Token));
            Assert.Equal(ProblemTypes.NotCapable, refused.Problem.Type);
            Assert.Contains("Host kvm1: IBM i runs in partitions of PowerVM alone", refused.Problem.Detail, StringComparison.Ordinal);
            Assert.Contains("These can: power/sys1.", refused.Problem.Detail, StringComparison.Ordinal);
            Assert.Equal(["power/sys1"], refused.Problem.Candidates);
            Assert.Equal("placement.operating-system", Assert.Single(refused.Problem.Concerns).Id);
        }
        Assert.Empty(system.Disks);
        Assert.Empty((await server.Engine.ListAsync(new TaskQuery(), Token)).Items);
    }

    [Fact]
    public async Task A_host_that_is_not_to_be_reached_now_is_no_reason_and_its_provider_is_asked()
    {
        var system = new FakeSystem(1);
        await using var server = await FakeServer.StartAsync(system);
        server.Inventory.Apply(FakeSystem.Provider, [new Seen(Host(FakeSystem.Provider, "kvm1", "QEMU", X86_64, [X86_64]))]);
        server.Inventory.MarkUnreachable(FakeSystem.Provider, DateTime.UnixEpoch);

        var answer = await server.Guests.CreateAsync(Request(null), new Ask(FakeServer.Operator) { DryRun = true }, Token);

        Assert.Equal("disk", answer.Plan!.Steps[0].Name);
    }

    [Fact]
    public async Task A_request_that_was_taken_is_answered_with_its_task_whatever_became_of_its_host()
    {
        await using var server = await FakeServer.StartAsync(new FakeSystem(1));
        var host = Host(FakeSystem.Provider, "kvm1", "QEMU", X86_64, [X86_64]);
        server.Inventory.Apply(FakeSystem.Provider, [new Seen(host)]);
        var ask = new Ask(FakeServer.Operator) { IdempotencyKey = "once" };
        var first = (await server.Guests.CreateAsync(Request(null), ask, Token)).Task!;
        await server.Engine.WaitAsync(first.Id, Token);
        server.Inventory.Apply(FakeSystem.Provider, [new Seen(host with { State = HostState.Maintenance })]);

        Assert.Equal(first.Id, (await server.Guests.CreateAsync(Request(null), ask, Token)).Task!.Id);
        var refused = await Assert.ThrowsAsync<CommandException>(() => server.Guests.CreateAsync(Request(null) with { Name = "crm" }, ask with { IdempotencyKey = null, DryRun = true }, Token));
        Assert.Equal(ProblemTypes.NotCapable, refused.Problem.Type);
    }

    [Fact]
    public async Task A_host_that_was_asked_for_is_judged_alone()
    {
        await using var server = await FakeServer.StartAsync(new FakeSystem(1));
        server.Inventory.Apply(FakeSystem.Provider, [new Seen(Host(FakeSystem.Provider, "old", "QEMU", X86_64, [X86_64])), new Seen(Host(FakeSystem.Provider, "new", "QEMU", X86_64, [X86_64, S390x]))]);
        var request = Request(null) with { Settings = ImmutableDictionary<string, string>.Empty.Add("arch", "s390x") };

        PlacementCheck.Check(request, server.Inventory);
        PlacementCheck.Check(request with { Host = "new" }, server.Inventory);
        var refused = Assert.Throws<CommandException>(() => PlacementCheck.Check(request with { Host = "old" }, server.Inventory));
        Assert.Contains("no emulator for s390x", refused.Problem.Detail, StringComparison.Ordinal);
    }

    private static CreateGuest Request(string? image) => new() { Name = "erp", Provider = FakeSystem.Provider, Image = image, Vcpus = 1, Memory = 1 << 30 };

    private static Image Image(string provider, string name)
    {
        var native = new NativeId($"image-{name}");
        return new Image { Id = ObjectId.Derive(ObjectKind.Image, provider, native), NativeId = native, Name = name, Provider = provider, Arch = Ppc64, Os = new OperatingSystemInfo { Family = OsFamily.Ibmi } };
    }

    private static Host Host(string provider, string name, string hypervisor, Arch arch, Arch[] emulates)
    {
        var native = new NativeId($"host-{name}");
        return new Host
        {
            Id = ObjectId.Derive(ObjectKind.Host, provider, native),
            NativeId = native,
            Name = name,
            Provider = provider,
            State = HostState.Up,
            Hypervisor = new Hypervisor(hypervisor, null),
            Arch = arch,
            GuestArchitectures = [.. emulates],
            Memory = 64L << 30,
        };
    }
}
