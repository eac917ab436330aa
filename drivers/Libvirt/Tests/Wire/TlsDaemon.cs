using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

/// <summary>
/// A TLS listener with a certificate of a test's choosing, and a folder with the CA that the client trusts. It counts
/// what a client says after the handshake: to one that does not trust it, that must be nothing.
/// </summary>
internal sealed class TlsDaemon : IAsyncDisposable
{
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Far = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 _certificate;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _firstWord = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    public TlsDaemon(string name = "localhost", DateTimeOffset? until = null, bool ofAnotherAuthority = false)
    {
        using var trusted = Authority("trusted");
        using var stranger = Authority("a stranger");
        File.WriteAllText(Folder["cacert.pem"], trusted.ExportCertificatePem());
        AuthorityFingerprint = trusted.GetCertHashString(HashAlgorithmName.SHA256);
        _certificate = Sign(ofAnotherAuthority ? stranger : trusted, name, until ?? Far);
        Fingerprint = _certificate.GetCertHashString(HashAlgorithmName.SHA256);
        _listener.Start();
        _serving = ServeAsync();
    }

    public TemporaryFolder Folder { get; } = new();

    public string Fingerprint { get; }

    public string AuthorityFingerprint { get; }

    /// <summary>Bytes that clients sent inside TLS.</summary>
    public int Heard { get; private set; }

    /// <summary>Completes when a client says something.</summary>
    public Task FirstWord => _firstWord.Task;

    public string Uri => $"qemu+tls://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/system?pkipath={Folder.Path}";

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                // libvirt's word that the client's certificate is good.
                await tls.WriteAsync(new byte[] { 1 }, _stop.Token);
                var buffer = new byte[4096];
                while (await tls.ReadAsync(buffer, _stop.Token) is > 0 and var read)
                {
                    Heard += read;
                    _firstWord.TrySetResult();
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or SocketException)
            {
                continue; // The client went, as it should.
            }
        }
    }

    /// <summary>Ends the listener, so that all it heard is counted.</summary>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        return Heard;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _listener.Dispose();
        _certificate.Dispose();
        _stop.Dispose();
        Folder.Dispose();
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(Epoch, Far);
    }

    private static X509Certificate2 Sign(X509Certificate2 authority, string name, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, Epoch, until, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
