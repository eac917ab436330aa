using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Anyvisor.Drivers.Zvm.Simulator.Feilong;

/// <summary>The tokens that the connector gave out. Thread-safe.</summary>
internal sealed class Sessions(string adminToken, TimeSpan? lifetime, TimeProvider time)
{
    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);

    /// <summary>Null when the administrator's token is not that.</summary>
    internal string? SignIn(string? given)
    {
        if (given is null || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(adminToken)))
            return null;
        var now = time.GetUtcNow();
        foreach (var (old, ends) in _tokens)
            if (ends < now)
                _tokens.TryRemove(old, out _);
        var token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9." + Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
        _tokens[token] = now + (lifetime is { } given2 && given2 > TimeSpan.Zero ? given2 : Usual);
        return token;
    }

    internal bool IsValid(string? token) => token is not null && _tokens.TryGetValue(token, out var ends) && ends >= time.GetUtcNow();
}
