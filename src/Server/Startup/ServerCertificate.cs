using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Anyvisor.Server.Startup;

/// <summary>The certificate of this server with its chain, from PEM files.</summary>
internal sealed record ServerCertificate(X509Certificate2 Leaf, X509Certificate2Collection Chain)
{
    /// <exception cref="UsageException">A file can't be read, or they do not belong together.</exception>
    internal static ServerCertificate Load(string certificateFile, string keyFile)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            var leaf = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            return new ServerCertificate(leaf, chain);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"The certificate {certificateFile} with the key {keyFile} can't be used: {error.Message}");
        }
    }
}
