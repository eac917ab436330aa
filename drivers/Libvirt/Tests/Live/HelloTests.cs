using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Live;

/// <summary>A guest with an operating system: the image of testbeds/hello, which has a guest agent and reads a NoCloud seed.</summary>
[Collection(Lab.OneAtATime)]
public sealed class HelloTests(Lab lab) : IClassFixture<Lab>
{
    private const string Image = "lab-hello";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_UEFI_guest_boots_reads_its_seed_and_its_agent_tells_and_quiesces()
    {
        _ = LiveBed.Url("qemu");
        var file = Environment.GetEnvironmentVariable("ANYVISOR_TEST_HELLO_IMAGE");
        Assert.SkipWhen(string.IsNullOrEmpty(file), "ANYVISOR_TEST_HELLO_IMAGE is not set: ./test makes the hello image");
        var import = new ImageImport { Name = Image, File = file!, Format = "qcow2", Capacity = 48 << 20, Arch = Architecture.X86_64 };
        var imported = await lab.Connection.PlanImportAsync(import, "hello", Token);
        var runner = new PlanRunner(lab.Connection, "hello");
        try
        {
            await runner.RunAsync(imported, Token);
            await LiveAsync();
        }
        finally
        {
            await runner.UndoAsync(imported, CancellationToken.None);
        }
    }

    private async Task LiveAsync()
    {
        var task = PlanRunner.NewTask();
        var seed = new Secret("#!/bin/sh\necho \"seed read by $(hostname)\" >/dev/ttyS0\n");
        var work = new PlanRunner(lab.Connection, task) { Secrets = ImmutableDictionary<string, Secret>.Empty.Add(GuestSettings.UserData, seed) };
        var request = Lab.Request(Lab.NewName("hello"), start: true) with { Image = Image, Memory = 256 << 20, Networks = ["user"] };
        var settings = request.Settings.Add(GuestSettings.UserData, "").Add("firmware", "uefi");
        await work.RunAsync(await lab.Connection.PlanCreateAsync(request with { Settings = settings }, task, Token), Token);
        var guest = await lab.Watcher.GuestAsync(request.Name, g => g.Power == PowerState.On);
        Assert.Equal(Firmware.Uefi, guest.Firmware);
        await SerialConsole.ReadUntilAsync(lab.Connection, guest, $"seed read by {guest.Name}", Token);

        // QEMU's own network has no leases, and its addresses are in no table of the host: only the agent knows.
        guest = await SeenAsync(guest.Name, g => g.Nics is [{ Addresses.IsEmpty: false }] && g.Os.Distribution is not null);
        Assert.Contains("10.0.2.15", guest.Nics[0].Addresses);
        Assert.Equal((OsFamily.Linux, "hello", "1"), (guest.Os.Family, guest.Os.Distribution, guest.Os.Version));

        var plan = await lab.Connection.PlanSnapshotAsync(guest, new CreateSnapshot("quiet", Quiesce: true), "quiet", Token);
        Assert.DoesNotContain(plan.Concerns, c => c.Id == "libvirt.crash-consistent");
        await Lab.RunAsync(lab.Connection, plan, "quiet");
        var snapshot = await lab.Watcher.ObjectAsync<Snapshot>(s => s.Guest == guest.Id && s.Name == "quiet");
        Assert.Equal(SnapshotConsistency.Application, snapshot.Consistency);

        await lab.DeleteAsync(guest);
        Assert.Empty(await lab.DisksAsync(guest.Name));
    }

    /// <summary>The agent begins after the prompt, and is asked now and then: later than a watch's patience.</summary>
    private async Task<Guest> SeenAsync(string name, Func<Guest, bool> wanted)
    {
        for (var attempt = 0; ; attempt++)
            try
            {
                return await lab.Watcher.GuestAsync(name, wanted);
            }
            catch (TimeoutException) when (attempt < 2)
            {
                continue;
            }
    }
}
