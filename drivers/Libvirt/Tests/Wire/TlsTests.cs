using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.Libvirt.Wire;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

/// <summary>Against a real TLS listener: whom the client trusts, what it says of others, and that it tells them nothing.</summary>
public sealed class TlsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        await using var daemon = new TlsDaemon(name: "elsewhere.example");
        var refused = await RefusedAsync(daemon);
        Assert.Contains("elsewhere.example", refused, StringComparison.Ordinal);
        Assert.Contains("localhost", refused, StringComparison.Ordinal);
        Assert.Contains(daemon.Fingerprint, refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_with_its_time()
    {
        await using var daemon = new TlsDaemon(until: new DateTimeOffset(2020, 2, 29, 0, 0, 0, TimeSpan.Zero));
        var refused = await RefusedAsync(daemon);
        Assert.Contains("2020-02-29", refused, StringComparison.Ordinal);
        Assert.Contains(daemon.Fingerprint, refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_CA_is_refused_with_both_fingerprints()
    {
        await using var daemon = new TlsDaemon(ofAnotherAuthority: true);
        var refused = await RefusedAsync(daemon);
        Assert.Contains(daemon.Fingerprint, refused, StringComparison.Ordinal);
        Assert.Contains(daemon.AuthorityFingerprint, refused, StringComparison.Ordinal);
        Assert.Contains("CN=a stranger", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_changed_is_refused_with_both_fingerprints_though_the_CA_signed_it()
    {
        await using var before = new TlsDaemon();
        await using var now = new TlsDaemon();
        var refused = await RefusedAsync(now, pinned: before.Fingerprint);
        Assert.Contains($"known one has the SHA-256 fingerprint {before.Fingerprint}", refused, StringComparison.Ordinal);
        Assert.Contains($"shown now {now.Fingerprint}", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_certificate_that_is_known_is_trusted_whoever_signed_it()
    {
        await using var daemon = new TlsDaemon(name: "elsewhere.example", ofAnotherAuthority: true);
        await TrustedAsync(daemon, daemon.Fingerprint);
    }

    [Fact]
    public async Task A_certificate_of_the_CA_for_the_host_is_trusted()
    {
        await using var daemon = new TlsDaemon();
        await TrustedAsync(daemon, pinned: null);
    }

    [Fact]
    public async Task A_provider_may_name_the_certificate_and_nonsense_is_refused()
    {
        await using var daemon = new TlsDaemon(ofAnotherAuthority: true);
        var pinned = string.Join(':', Enumerable.Repeat("ab", 32));
        var address = new ProviderAddress { Provider = "p", Url = daemon.Uri, User = "u", Password = new Secret("pencil"), Settings = Setting(pinned) };
        var refused = await Assert.ThrowsAsync<ProviderException>(() => new LibvirtDriver().ConnectAsync(address, DriverBed.Context, Cancel));
        Assert.Equal(ProviderError.AuthenticationFailed, refused.Error);
        Assert.Contains(daemon.Fingerprint, refused.Message, StringComparison.Ordinal);
        Assert.Contains("64 hexadecimal digits", new LibvirtDriver().Validate(address with { Settings = Setting("12:34") }), StringComparison.Ordinal);
        Assert.Equal(0, await daemon.StopAsync());

        static System.Collections.Immutable.ImmutableDictionary<string, string> Setting(string value) =>
            System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("tls-fingerprint", value);
    }

    private static async Task<string> RefusedAsync(TlsDaemon daemon, string? pinned = null)
    {
        var refused = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(daemon, pinned, Cancel));
        Assert.Equal(LibvirtFailure.HostIdentity, refused.Failure);
        Assert.Equal(0, await daemon.StopAsync());
        return refused.Message;
    }

    /// <summary>The listener is no libvirt and never answers: that the client asks is the proof that it trusts it.</summary>
    private static async Task TrustedAsync(TlsDaemon daemon, string? pinned)
    {
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var connecting = ConnectAsync(daemon, pinned, asked.Token);
        await daemon.FirstWord.WaitAsync(Cancel);
        await asked.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    private static Task<LibvirtClient> ConnectAsync(TlsDaemon daemon, string? pinned, CancellationToken cancellationToken) => LibvirtClient.ConnectAsync(
        LibvirtUri.Parse(daemon.Uri), new LibvirtCredentials("u", "pencil"), LibvirtClientOptions.Default with { TlsFingerprint = pinned }, TimeProvider.System, cancellationToken);
}
