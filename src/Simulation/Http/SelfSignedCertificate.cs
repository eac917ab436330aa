using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Anyvisor.Simulation.Http;

/// <summary>A certificate that nobody signed, as management consoles come with one.</summary>
public static class SelfSignedCertificate
{
    private const string File = "certificate.pem";

    /// <summary>The folder's certificate, made at the first time: for this machine's loopback names, ten years.</summary>
    public static X509Certificate2 ReadOrMake(SimulationFolder folder, string commonName, TimeProvider time)
    {
        var pem = folder.ReadOrMake(File, () => Make(commonName, time));
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem, pem);
            // Windows can't use a key that is only in memory.
            return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null) : X509Certificate2.CreateFromPem(pem, pem);
        }
        catch (CryptographicException e)
        {
            throw new SimulationException($"{Path.Combine(folder.Path, File)} holds no certificate with its key: {e.Message} Remove it to have a new one made.", e);
        }
    }

    /// <summary>As drivers take it in the setting <c>thumbprint</c>: SHA-256, hexadecimal.</summary>
    public static string Thumbprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    private static string Make(string commonName, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}";
    }
}
