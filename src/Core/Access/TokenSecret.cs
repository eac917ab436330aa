using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Anyvisor.Core.Access;

/// <summary>
/// Keys to the API: 256 random bits behind a prefix that secret scanners can look for. Stored as SHA-256: a slow hash
/// protects guessable passwords, and there is nothing to guess here.
/// </summary>
internal static class TokenSecret
{
    private const string Prefix = "anyv_";
    private const int RandomBytes = 32;

    // The longest text that is hashed: nobody makes us hash a megabyte to refuse it.
    private const int MaxLength = 256;

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    public static byte[]? Hash(string? presented) =>
        presented is { Length: > 0 and <= MaxLength } ? SHA256.HashData(Encoding.UTF8.GetBytes(presented)) : null;
}
