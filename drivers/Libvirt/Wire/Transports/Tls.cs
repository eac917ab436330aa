using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Anyvisor.Drivers.Libvirt.Wire.Transports;

internal static class Tls
{
    private const int DefaultPort = 16514;

    public static async Task<Line> OpenAsync(LibvirtUri uri, string? fingerprint, CancellationToken cancellationToken)
    {
        var port = uri.Port ?? DefaultPort;
        using var files = TlsFiles.Load(uri.PkiPath, uri.NoVerify, fingerprint);
        var stream = await Tcp.ConnectAsync(uri.Host, port, cancellationToken).ConfigureAwait(false);
        var ssl = new SslStream(stream);
        try
        {
            await HandshakeAsync(ssl, uri, files, cancellationToken).ConfigureAwait(false);
            await AwaitVerdictAsync(ssl, uri, files, cancellationToken).ConfigureAwait(false);
            return new Line(ssl, $"libvirt at {uri.Host}:{port}", isSecure: true);
        }
        catch
        {
            await ssl.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task HandshakeAsync(SslStream ssl, LibvirtUri uri, TlsFiles files, CancellationToken cancellationToken)
    {
        string? objection = null;
        try
        {
            await ssl.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = uri.Host,
                    ClientCertificateContext = files.Client,
                    // libvirt has no revocation service; its cacrl.pem is for GnuTLS.
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                    {
                        objection = uri.NoVerify ? null : files.Judge(certificate, errors, uri.Host);
                        return objection is null;
                    },
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException e)
        {
            throw objection is not null
                ? LibvirtException.HostIdentity($"{uri.Host} is not trusted: {objection}")
                : LibvirtException.Authentication($"TLS with {uri.Host} failed: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw LibvirtException.Transport($"{uri.Host} broke off TLS: {e.Message}", e);
        }
    }

    /// <summary>After the handshake the daemon looks at the client's certificate and says '\1', or hangs up.</summary>
    private static async Task AwaitVerdictAsync(SslStream ssl, LibvirtUri uri, TlsFiles files, CancellationToken cancellationToken)
    {
        var verdict = new byte[1];
        try
        {
            if (await ssl.ReadAsync(verdict, cancellationToken).ConfigureAwait(false) == 1 && verdict[0] == 1)
                return;
        }
        catch (IOException)
        {
            // With TLS 1.3 an alert about the client's certificate arrives only now.
        }
        throw LibvirtException.Authentication(files.Client is null
            ? $"{uri.Host} wants a client certificate, and there is none in {files.Folder}"
            : $"{uri.Host} refused the client certificate {files.ClientCertificatePath}: is it of the daemon's CA, and allowed by its tls_allowed_dn_list?");
    }
}

/// <summary>Certificates where libvirt looks for them: the URI's pkipath, else the user's folder, else the system's.</summary>
internal sealed class TlsFiles : IDisposable
{
    private readonly X509Certificate2Collection _authorities = [];

    public string Folder { get; private init; } = "";

    public string ClientCertificatePath { get; private init; } = "";

    /// <summary>Null where there is no client certificate.</summary>
    public SslStreamCertificateContext? Client { get; private set; }

    /// <summary>The one certificate that is trusted, whoever signed it; null trusts what the CA signed for the host.</summary>
    private string? Pinned { get; init; }

    private string AuthorityPath { get; init; } = "";

    public static TlsFiles Load(string? pkiPath, bool noVerify, string? pinned)
    {
        var own = Environment.IsPrivilegedProcess
            ? null
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pki", "libvirt");
        var authority = Pick(pkiPath, own, "cacert.pem", "/etc/pki/CA/cacert.pem");
        var certificate = Pick(pkiPath, own, "clientcert.pem", "/etc/pki/libvirt/clientcert.pem");
        var key = Pick(pkiPath, own, "clientkey.pem", "/etc/pki/libvirt/private/clientkey.pem");
        var files = new TlsFiles { Folder = Path.GetDirectoryName(certificate) ?? "", ClientCertificatePath = certificate, AuthorityPath = authority, Pinned = pinned };
        try
        {
            if (!noVerify && pinned is null)
                files._authorities.ImportFromPemFile(authority);
            if (File.Exists(certificate) && File.Exists(key))
                files.Client = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificate, key), null, offline: true);
            return files;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            files.Dispose();
            throw LibvirtException.InvalidArgument(e is CryptographicException
                ? $"the certificates for TLS can't be read ({authority}, {certificate}, {key}): {e.Message}"
                : $"TLS needs the CA's certificate at {authority}: {e.Message}");
        }
    }

    /// <summary>Null if the certificate is good for this host; else what is wrong, with its fingerprint.</summary>
    public string? Judge(X509Certificate? presented, SslPolicyErrors errors, string host)
    {
        if (presented is null)
            return "it showed no certificate";
        using var certificate = new X509Certificate2(presented);
        var shown = FingerprintOf(certificate);
        if (Pinned is not null)
            return shown == Pinned
                ? null
                : $"its certificate is not the one that is known: the known one has the SHA-256 fingerprint {Pinned}, the one shown now {shown}. Somebody may be listening in, or it was renewed: compare with the host's own, then set tls-fingerprint anew";
        var fingerprint = $"its certificate has the SHA-256 fingerprint {shown}";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the certificate is for {certificate.Subject}, not for {host}; {fingerprint}";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (chain.Build(certificate))
            return null;
        if (chain.ChainStatus.Any(s => s.Status == X509ChainStatusFlags.NotTimeValid))
            return $"its certificate is good from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u} alone: look at the clocks, or renew it; {fingerprint}";
        var why = string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct());
        var known = string.Join(", ", _authorities.Select(FingerprintOf));
        return $"{why}; {fingerprint}, signed by {certificate.Issuer}; the CA that is trusted ({AuthorityPath}) has the fingerprint {known}";
    }

    private static string FingerprintOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    public void Dispose()
    {
        foreach (var authority in _authorities)
            authority.Dispose();
        Client?.TargetCertificate.Dispose();
    }

    private static string Pick(string? pkiPath, string? own, string name, string fallback)
    {
        if (pkiPath is not null)
            return Path.Combine(pkiPath, name);
        var ofUser = own is null ? null : Path.Combine(own, name);
        return ofUser is not null && File.Exists(ofUser) ? ofUser : fallback;
    }
}
