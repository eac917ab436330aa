using System.Diagnostics;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.VSphere.Tests.Beds;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.VSphere.Tests.Simulated;

/// <summary>libvirt's own driver for vSphere as an independent client: it sees the same guests, and what we did to them.</summary>
public sealed class SecondClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("vpx", "/DC0/DC0_C0/DC0_C0_H0", "DC0_C0_H0")]
    [InlineData("esx", "/", "localhost.localdomain")]
    public async Task Virsh_sees_the_guests_that_we_see_and_what_we_did_to_them(string scheme, string path, string host)
    {
        Assert.SkipWhen(Vcsim.Absent is not null, Vcsim.Absent ?? "");
        Assert.SkipUnless(File.Exists("/usr/bin/virsh"), "There is no virsh here.");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        over.CancelAfter(Patience);
        await using var vcsim = await Vcsim.StartAsync(over.Token, scheme == "esx" ? ["-tls", "-xsi-type", "-esx"] : ["-tls", "-xsi-type"]);
        await using var connection = await new Plugin().ConnectAsync(vcsim.Address with { Insecure = true }, DriverBed.Context, over.Token);
        await using var watch = new WatchReader(connection);
        _ = await watch.ListedAsync();
        var guest = watch.All<Guest>().First(guest => guest.Host == host);
        await ((IGuestPower)connection).StopAsync(guest, over.Token);
        _ = await watch.GuestAsync(guest.Name, one => one.Power == PowerState.Off);
        var theirs = await VirshAsync($"{scheme}://{vcsim.Root.Authority}{path}?no_verify=1", over.Token);
        Assert.Equal(watch.All<Guest>().Where(one => one.Host == host).Select(one => $"{one.Name} {(one.Power == PowerState.On ? "running" : "shut off")}").Order(StringComparer.Ordinal), theirs.Order(StringComparer.Ordinal));
    }

    /// <summary>Lines of name and state.</summary>
    private static async Task<List<string>> VirshAsync(string uri, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("anyvisor-virsh-");
        try
        {
            var auth = Path.Combine(folder.FullName, "auth.conf");
            await File.WriteAllTextAsync(auth, $"[credentials-bed]\nusername={Vcsim.User}\npassword={Vcsim.Password}\n[auth-esx-127.0.0.1]\ncredentials=bed\n", cancellationToken);
            var start = new ProcessStartInfo("/usr/bin/virsh") { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in (string[])["-q", "-c", uri, "list", "--all"])
                start.ArgumentList.Add(argument);
            start.Environment["LIBVIRT_AUTH_FILE"] = auth;
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var lines = (await process.StandardOutput.ReadToEndAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await process.WaitForExitAsync(cancellationToken);
            Assert.True(process.ExitCode == 0, await errors);
            // Number, name, state; names have no blanks here, and one state has.
            return [.. lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(words => $"{words[1]} {string.Join(' ', words[2..])}")];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
