using System.Collections.Immutable;
using System.Net;
using Anyvisor.Simulate;
using Anyvisor.Simulation;
using Xunit;

namespace Anyvisor.Unit.Tests.Simulation;

public sealed class SimulateCommandLineTests
{
    private static readonly ImmutableArray<ISimulator> Known = [new Toaster()];

    [Fact]
    public void Everything_that_is_given_is_taken()
    {
        var line = SimulateCommandLine.Parse(
            ["toaster", "--listen", "127.0.0.1:9", "--hosts=3", "--guests", "40", "--seed", "5", "--fault", "slow=1s", "--set", "slots=4", "--name", "kitchen", "--data", "/d"], Known)!;
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 9), line.Options.Listen);
        Assert.Equal((3, 40, 5, "/d", "kitchen"), (line.Options.Hosts, line.Options.Guests, line.Options.Seed, line.Options.Folder, line.Name));
        Assert.Equal("4", line.Options.Settings["slots"]);
        Assert.NotNull(line.Options.Faults["slow"]);
    }

    [Theory]
    [InlineData("There are: toaster", "kettle")]
    [InlineData("Which system", "--hosts", "1")]
    [InlineData("needs a value", "toaster", "--hosts")]
    [InlineData("number up to", "toaster", "--hosts", "-1")]
    [InlineData("number up to", "toaster", "--guests", "1e6")]
    [InlineData("with a port", "toaster", "--listen", "8080")]
    [InlineData("with a port", "toaster", "--listen", "somewhere:80")]
    [InlineData("need a host", "toaster", "--hosts", "0")]
    [InlineData("there are slots", "toaster", "--set", "colour=red")]
    [InlineData("Unknown flag", "toaster", "--loud", "1")]
    public void What_has_no_sense_is_said(string why, params string[] arguments)
    {
        var error = Assert.Throws<UsageException>(() => SimulateCommandLine.Parse(arguments, Known));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_the_systems_with_their_faults_and_settings()
    {
        Assert.Null(SimulateCommandLine.Parse(["toaster", "--help"], Known));
        var help = SimulateCommandLine.Help(Known);
        Assert.Contains("toaster", help, StringComparison.Ordinal);
        Assert.Contains("slow", help, StringComparison.Ordinal);
        Assert.Contains("slots", help, StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_to_paste_is_safe_in_a_shell()
    {
        var address = new SimulatedAddress
        {
            Driver = "toaster",
            Url = "https://127.0.0.1:1",
            User = "o'hara; rm",
            PasswordFile = "/tmp/a b",
            Settings = ImmutableSortedDictionary<string, string>.Empty.Add("thumbprint", "AB"),
        };
        Assert.Equal(
            @"anyvisor provider add k --driver toaster --url https://127.0.0.1:1 --user 'o'\''hara; rm' --password-file '/tmp/a b' --set thumbprint=AB",
            address.AddCommand("k"));
    }

    private sealed class Toaster : ISimulator
    {
        public SimulatorInfo Info { get; } =
            new("toaster", "Toast", ["slow"]) { Settings = ImmutableSortedDictionary<string, string>.Empty.Add("slots", "how many") };

        public Task<ISimulation> StartAsync(SimulationOptions options, CancellationToken cancellationToken) =>
            throw new SimulationException("No bread.");
    }
}
