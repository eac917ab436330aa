using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Anyvisor.Drivers.Libvirt.Wire.Authentication;

/// <summary>
/// RFC 5802 and 7677 without channel binding. The password never leaves, and the server proves that it knows
/// it too: a server that does not is an error and not a sign-in.
/// </summary>
internal sealed class ScramMechanism(LibvirtCredentials credentials, HashAlgorithmName hash, string nonce) : ISaslMechanism
{
    // A hostile server may ask for any number of rounds; nobody configures more.
    private const int MostRounds = 1_000_000;

    private string _first = "";
    private byte[]? _expected;

    public string Name { get; } = "SCRAM-SHA-" + hash.Name![3..];

    public bool IsComplete { get; private set; }

    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));

    public byte[] Start()
    {
        var user = credentials.User.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);
        _first = $"n={user},r={nonce}";
        return Encoding.UTF8.GetBytes("n,," + _first);
    }

    public byte[]? Step(byte[] challenge)
    {
        if (IsComplete)
            return null;
        var text = Encoding.UTF8.GetString(challenge);
        if (_expected is null)
            return Prove(text);
        Check(text);
        return null;
    }

    private byte[] Prove(string serverFirst)
    {
        var fields = Fields(serverFirst);
        if (!fields.TryGetValue('r', out var full) || !full.StartsWith(nonce, StringComparison.Ordinal) || full.Length == nonce.Length
            || !fields.TryGetValue('s', out var salt) || !fields.TryGetValue('i', out var count)
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) || rounds is < 1 or > MostRounds)
        {
            throw LibvirtException.Protocol($"the server's first message of {Name} is not one");
        }
        var salted = Rfc2898DeriveBytes.Pbkdf2(credentials.Password, Base64(salt), rounds, hash, HashLength());
        var clientKey = Hmac(salted, "Client Key");
        var withoutProof = $"c=biws,r={full}";
        var signed = $"{_first},{serverFirst},{withoutProof}";
        var signature = Hmac(CryptographicOperations.HashData(hash, clientKey), signed);
        for (var i = 0; i < clientKey.Length; i++)
            clientKey[i] ^= signature[i];
        _expected = Hmac(Hmac(salted, "Server Key"), signed);
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(clientKey)}");
    }

    private void Check(string serverFinal)
    {
        var fields = Fields(serverFinal);
        if (fields.ContainsKey('e'))
            throw LibvirtException.Authentication("the daemon refused the user or the password");
        if (!fields.TryGetValue('v', out var proof) || !CryptographicOperations.FixedTimeEquals(Base64(proof), _expected))
        {
            throw LibvirtException.HostIdentity(
                "the daemon did not prove that it knows the password: it may not be the one it says it is");
        }
        IsComplete = true;
    }

    private byte[] Base64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? bytes[..length]
            : throw LibvirtException.Protocol($"the server's message of {Name} holds no base64 where it must");
    }

    private byte[] Hmac(byte[] key, string text) => CryptographicOperations.HmacData(hash, key, Encoding.UTF8.GetBytes(text));

    [SuppressMessage("Security", "CA5350", Justification = "SCRAM-SHA-1 is what many daemons offer; its strength rests on HMAC and the rounds.")]
    private int HashLength() => hash.Name switch
    {
        "SHA1" => SHA1.HashSizeInBytes,
        "SHA256" => SHA256.HashSizeInBytes,
        _ => SHA512.HashSizeInBytes,
    };

    private static Dictionary<char, string> Fields(string message)
    {
        var fields = new Dictionary<char, string>();
        foreach (var part in message.Split(','))
        {
            if (part.Length > 1 && part[1] == '=')
                fields[part[0]] = part[2..];
        }
        return fields;
    }
}
