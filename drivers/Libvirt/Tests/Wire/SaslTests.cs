using System.Security.Cryptography;
using System.Text;
using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Wire.Authentication;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

public sealed class SaslTests
{
    private const int AuthList = 66;
    private const int SaslInit = 67;
    private const int SaslStart = 68;
    private const int SaslStep = 69;

    private static readonly LibvirtCredentials Pencil = new("user", "pencil");

    [Theory]
    // The exchanges of RFC 5802 section 5 and RFC 7677 section 3.
    [InlineData("SHA1", "fyko+d2lbbFgONRv9qkxdawL",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")]
    [InlineData("SHA256", "rOprNGfwEbeRWgbNEkqO",
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")]
    public void SCRAM_says_what_its_RFC_says(string hash, string nonce, string serverFirst, string clientFinal, string serverFinal)
    {
        var scram = new ScramMechanism(Pencil, new HashAlgorithmName(hash), nonce);

        Assert.Equal($"n,,n=user,r={nonce}", Encoding.UTF8.GetString(scram.Start()));
        Assert.Equal(clientFinal, Encoding.UTF8.GetString(scram.Step(Encoding.UTF8.GetBytes(serverFirst))!));
        Assert.False(scram.IsComplete);
        Assert.Null(scram.Step(Encoding.UTF8.GetBytes(serverFinal)));
        Assert.True(scram.IsComplete);
    }

    [Fact]
    public void A_server_that_does_not_know_the_password_is_found_out()
    {
        var scram = new ScramMechanism(Pencil, HashAlgorithmName.SHA1, "abc");
        scram.Start();
        scram.Step("r=abcdef,s=QSXCR+Q6sek8bf92,i=4096"u8.ToArray());

        var refused = Assert.Throws<LibvirtException>(() => scram.Step("v=AAAAAAAAAAAAAAAAAAAAAAAAAAA="u8.ToArray()));

        Assert.Equal(LibvirtFailure.HostIdentity, refused.Failure);
    }

    [Theory]
    [InlineData("r=other,s=QSXCR+Q6sek8bf92,i=4096")]
    [InlineData("r=abc,s=QSXCR+Q6sek8bf92,i=4096")]
    [InlineData("r=abcdef,s=QSXCR+Q6sek8bf92,i=99999999")]
    [InlineData("r=abcdef,s=QSXCR+Q6sek8bf92,i=0")]
    [InlineData("r=abcdef,s=!,i=4096")]
    [InlineData("")]
    public void A_server_that_breaks_SCRAMs_rules_costs_no_time_and_no_proof(string serverFirst)
    {
        var scram = new ScramMechanism(Pencil, HashAlgorithmName.SHA1, "abc");
        scram.Start();

        Assert.Equal(LibvirtFailure.Protocol, Assert.Throws<LibvirtException>(() => scram.Step(Encoding.UTF8.GetBytes(serverFirst))).Failure);
    }

    [Fact]
    public async Task PLAIN_signs_in_over_a_line_that_nobody_can_hear()
    {
        await using var daemon = SaslDaemon("ANONYMOUS PLAIN", start: call =>
        {
            Assert.Equal("PLAIN", call.Text());
            Assert.Equal(0, call.Int());
            Assert.Equal("\0user\0pencil", Encoding.UTF8.GetString(call.WideChars()));
            return new Bytes().Int(1).Int(1).WideChars([]);
        });

        await using var client = await ConnectAsync(daemon, Pencil);

        Assert.Equal(0, client.UnansweredCalls);
    }

    [Fact]
    public async Task A_daemon_that_ends_SCRAM_early_is_not_believed()
    {
        await using var daemon = SaslDaemon("SCRAM-SHA-256", start: _ => new Bytes().Int(1).Int(1).WideChars([]));

        var refused = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(daemon, Pencil));

        Assert.Equal(LibvirtFailure.HostIdentity, refused.Failure);
    }

    [Fact]
    public async Task A_refused_password_is_told_without_the_password()
    {
        await using var daemon = SaslDaemon("PLAIN", start: _ => new Bytes());
        daemon.On[SaslStart] = (line, call) => line.ErrorAsync(call, 45, 7, "authentication failed: authentication failed");

        var refused = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(daemon, Pencil));

        Assert.Equal(LibvirtFailure.Authentication, refused.Failure);
        Assert.DoesNotContain("pencil", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("pencil", Pencil.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_credentials_and_unknown_mechanisms_are_told()
    {
        await using var daemon = SaslDaemon("GSSAPI", start: _ => new Bytes());

        var without = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(daemon, null));
        var unknown = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(daemon, Pencil));

        Assert.Contains("none were given", without.Message, StringComparison.Ordinal);
        Assert.Contains("GSSAPI", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("SCRAM-SHA-512", unknown.Message, StringComparison.Ordinal);
    }

    private static FakeLibvirtd SaslDaemon(string mechanisms, Func<FakeCall, Bytes> start)
    {
        var daemon = new FakeLibvirtd();
        daemon.On[AuthList] = (line, call) => line.ReplyAsync(call, new Bytes().Int(1).Int(1));
        daemon.On[SaslInit] = (line, call) => line.ReplyAsync(call, new Bytes().Text(mechanisms));
        daemon.On[SaslStart] = (line, call) => line.ReplyAsync(call, start(call));
        daemon.On[SaslStep] = (line, call) => line.ErrorAsync(call, 45, 7, "no step was expected");
        return daemon;
    }

    private static Task<LibvirtClient> ConnectAsync(FakeLibvirtd daemon, LibvirtCredentials? credentials) => LibvirtClient.ConnectAsync(
        LibvirtUri.Parse(daemon.Uri), credentials, LibvirtClientOptions.Default, TimeProvider.System, TestContext.Current.CancellationToken);
}
