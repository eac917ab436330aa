using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

internal static class ThrowAwayAuthority
{
    /// <summary>A CA that has signed nothing.</summary>
    public static async Task WriteAsync(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=somebody else", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await File.WriteAllTextAsync(path, certificate.ExportCertificatePem());
    }
}
