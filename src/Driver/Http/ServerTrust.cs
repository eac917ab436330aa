using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Anyvisor.Model;

namespace Anyvisor.Driver.Http;

/// <summary>
/// How a provider's certificate is judged: by a fingerprint that the user gave, by a file of authorities, or by those
/// that this machine trusts. Nothing is trusted by being seen first: the error says which fingerprint to look up.
/// Thread-safe.
/// </summary>
public sealed class ServerTrust
{
    private const int Sha1Digits = 40;
    private const int Sha256Digits = 64;

    private readonly bool _insecure;
    private readonly string? _thumbprint;
    private readonly X509Certificate2Collection? _authorities;

    private ServerTrust(bool insecure, string? thumbprint, X509Certificate2Collection? authorities) =>
        (_insecure, _thumbprint, _authorities) = (insecure, thumbprint, authorities);

    /// <summary>For the settings of drivers that speak TLS.</summary>
    public static ImmutableArray<Setting> Settings { get; } =
    [
        new() { Name = "thumbprint", Help = "The SHA-256 (or SHA-1) fingerprint of the server's certificate: it and no other is trusted." },
        new() { Name = "ca-file", Help = "A PEM file of the authorities that may sign the server's certificate; this machine's own by default." },
    ];

    /// <exception cref="ProviderException"><see cref="ProviderError.InvalidArgument"/>: a setting has no sense.</exception>
    public static ServerTrust Of(ProviderAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        string? thumbprint = null;
        if (address.Settings.TryGetValue("thumbprint", out var given))
        {
            thumbprint = given.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
            if (thumbprint.Length is not (Sha1Digits or Sha256Digits) || !thumbprint.All(char.IsAsciiHexDigit))
                throw new ProviderException(ProviderError.InvalidArgument, $"The setting thumbprint takes a SHA-256 or SHA-1 fingerprint, {Sha256Digits} or {Sha1Digits} hexadecimal digits, not '{given}'");
        }
        return new ServerTrust(address.Insecure, thumbprint, address.Settings.TryGetValue("ca-file", out var file) ? Authorities(file) : null);
    }

    /// <summary>What is wrong with the certificate, for a person; null when it is trusted.</summary>
    /// <param name="presented">As the server showed it.</param>
    /// <param name="errors">What the platform found.</param>
    /// <param name="host">The name that we connected to.</param>
    /// <param name="sent">The chain as the server sent it.</param>
    public string? Judge(X509Certificate? presented, SslPolicyErrors errors, string host, X509Chain? sent)
    {
        // What a user pinned holds also where nothing else is looked at.
        if (_insecure && _thumbprint is null)
            return null;
        if (presented is null)
            return "it showed no certificate";
        using var certificate = new X509Certificate2(presented);
        if (_thumbprint is not null)
            return JudgeThumbprint(certificate, _thumbprint);
        var fingerprint = $"The SHA-256 fingerprint of what it shows is {Sha256(certificate)}: if that is right, give it as the setting thumbprint";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"its certificate is for {certificate.Subject}, not for {host}. {fingerprint}";
        if (_authorities is null)
            return errors == SslPolicyErrors.None ? null : $"its certificate is not trusted ({Reasons(sent)}). {fingerprint}, or its authority's file as the setting ca-file";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (sent is not null)
            foreach (var element in sent.ChainElements)
                _ = chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(certificate) ? null : $"its certificate is not trusted by the ca-file ({Reasons(chain)}). {fingerprint}";
    }

    private static string? JudgeThumbprint(X509Certificate2 certificate, string expected)
    {
        var algorithm = expected.Length == Sha1Digits ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256;
        var shown = certificate.GetCertHashString(algorithm);
        return shown == expected
            ? null
            : $"its certificate has changed, or somebody is in between: it shows the {algorithm.Name} fingerprint {shown}, and {expected} is the one we know. Nothing was sent. If the new one is right, set thumbprint to it";
    }

    private static string Sha256(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    private static string Reasons(X509Chain? chain) =>
        chain is null ? "no reason given" : string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct());

    private static X509Certificate2Collection Authorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(ProviderError.InvalidArgument, $"The ca-file {file} can't be read: {e.Message}", e);
        }
        return authorities.Count > 0
            ? authorities
            : throw new ProviderException(ProviderError.InvalidArgument, $"The ca-file {file} holds no certificate in PEM form");
    }
}
