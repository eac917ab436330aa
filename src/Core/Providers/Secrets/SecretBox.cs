using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Driver;

namespace Anyvisor.Core.Providers.Secrets;

/// <summary>
/// Encrypts the secrets that we must be able to read back (passwords of providers, secret settings of tasks) with
/// AES-256-GCM under the key in <c>DIR/keys/secrets.key</c>. An envelope opens only for the scope and name that it was
/// sealed for, so a row copied to another provider is worth nothing. Safe for many threads.
/// </summary>
/// <remarks>
/// Envelope: version (1 byte), key id (4), nonce (12), ciphertext, tag (16). The key id tells 'another key' from
/// 'damaged', which ask for different remedies.
/// </remarks>
public sealed class SecretBox
{
    private const byte Version = 1;
    private const int KeyIdLength = 4;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 1 + KeyIdLength + NonceLength;

    private readonly string _path;
    private readonly byte[]? _key;
    private readonly byte[] _keyId;
    private readonly string? _fault;

    private SecretBox(string path, byte[]? key, string? fault)
    {
        _path = path;
        _key = key;
        _fault = fault;
        _keyId = key is null ? [] : SHA256.HashData([.. "anyvisor key id"u8, .. key])[..KeyIdLength];
    }

    /// <summary>
    /// Reads the key below <paramref name="dataDirectory"/>, or makes one on the first start. A key that can't be used
    /// does not throw here: each use says what is wrong with it, so that what needs no secret goes on.
    /// </summary>
    public static SecretBox Open(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "keys", "secrets.key");
        try
        {
            return new SecretBox(path, SecretKeyFile.ReadOrCreate(path), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new SecretBox(path, null, exception.Message);
        }
    }

    /// <summary>Why the key can't be used; null when it can.</summary>
    public string? Fault => _fault;

    /// <param name="scope">What the secret belongs to: <c>provider/lab</c>, <c>task/ID</c>.</param>
    /// <param name="name">Its name there: <c>password</c>, <c>user-data</c>.</param>
    /// <param name="secret">The value.</param>
    /// <exception cref="SecretBoxException">The key can't be used.</exception>
    public byte[] Seal(string scope, string name, Secret secret)
    {
        var key = Key(scope, name);
        var plain = Encoding.UTF8.GetBytes(secret.Reveal());
        try
        {
            var envelope = new byte[HeaderLength + plain.Length + TagLength];
            envelope[0] = Version;
            _keyId.CopyTo(envelope, 1);
            var nonce = envelope.AsSpan(1 + KeyIdLength, NonceLength);
            RandomNumberGenerator.Fill(nonce);
            using var aes = new AesGcm(key, TagLength);
            aes.Encrypt(nonce, plain, envelope.AsSpan(HeaderLength, plain.Length), envelope.AsSpan(HeaderLength + plain.Length), Bind(scope, name));
            return envelope;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Opens what <see cref="Seal"/> made for the same scope and name.</summary>
    /// <exception cref="SecretBoxException">Another key, another scope or name, damage; the message says which and what to do.</exception>
    public Secret Unseal(string scope, string name, ReadOnlySpan<byte> envelope)
    {
        var key = Key(scope, name);
        if (envelope.Length < HeaderLength + TagLength)
            throw new SecretBoxException($"The stored '{name}' of {scope} is damaged: it is too short. Set it again.");
        if (envelope[0] != Version)
            throw new SecretBoxException($"The stored '{name}' of {scope} was written by a newer version (format {envelope[0]}). Upgrade, or set it again.");
        if (!envelope.Slice(1, KeyIdLength).SequenceEqual(_keyId))
            throw new SecretBoxException($"The stored '{name}' of {scope} was encrypted with another key than {_path}. Restore that key file from the backup, or set it again.");
        var plain = new byte[envelope.Length - HeaderLength - TagLength];
        try
        {
            using var aes = new AesGcm(key, TagLength);
            aes.Decrypt(envelope.Slice(1 + KeyIdLength, NonceLength), envelope[HeaderLength..^TagLength], envelope[^TagLength..], plain, Bind(scope, name));
            return new Secret(Encoding.UTF8.GetString(plain));
        }
        catch (CryptographicException exception)
        {
            throw new SecretBoxException($"The stored '{name}' of {scope} is damaged or belongs to something else. Set it again.", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Tells whether two secrets are the same, and is worth nothing without the key; empty where the key can't be used.</summary>
    public string Mark(Secret secret)
    {
        if (_key is null)
            return "";
        var plain = Encoding.UTF8.GetBytes(secret.Reveal());
        var own = HMACSHA256.HashData(_key, "anyvisor secret mark"u8);
        try
        {
            return Convert.ToHexStringLower(HMACSHA256.HashData(own, plain));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private byte[] Key(string scope, string name) =>
        _key ?? throw new SecretBoxException($"The secret '{name}' of {scope} can't be read or written: {_fault}");

    /// <summary>Length-prefixed, so that no two pairs give the same bytes.</summary>
    private static byte[] Bind(string scope, string name)
    {
        var scopeBytes = Encoding.UTF8.GetBytes(scope);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, scopeBytes.Length);
        return [.. "anyvisor-secret-1"u8, .. length, .. scopeBytes, .. Encoding.UTF8.GetBytes(name)];
    }
}
