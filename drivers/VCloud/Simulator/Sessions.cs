using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;

namespace Anyvisor.Drivers.VCloud.Simulator;

/// <summary>Who is signed in. A session may be forgotten after a while, if that fault is asked for.</summary>
internal sealed class Sessions(string user, string password, SimulationOptions options)
{
    private readonly ConcurrentDictionary<string, long> _begun = new(StringComparer.Ordinal);

    public int SignIns { get; private set; }

    /// <summary>A token; null when the credentials are wrong.</summary>
    /// <param name="authorization">The header: <c>Basic</c> of <c>user@org:password</c>.</param>
    public string? SignIn(string? authorization)
    {
        if (authorization?.StartsWith("Basic ", StringComparison.Ordinal) != true)
            return null;
        var given = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[6..], given, out var length))
            return null;
        var right = Encoding.UTF8.GetBytes($"{user}:{password}");
        return CryptographicOperations.FixedTimeEquals(given.AsSpan(0, length), right) ? Begin() : null;
    }

    /// <summary>An access token for the API token, which is the password too.</summary>
    public string? SignInByToken(string token) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(password)) ? Begin() : null;

    public bool Knows(string? token)
    {
        if (token is null || !_begun.TryGetValue(token, out var begun))
            return false;
        if (options.Faults[FaultPlan.ExpireSession] is { } expires && options.Time.GetElapsedTime(begun) > expires.Duration)
        {
            _ = _begun.TryRemove(token, out _);
            return false;
        }
        return true;
    }

    public bool SignOff(string token) => _begun.TryRemove(token, out _);

    private string Begin()
    {
        var token = RandomNumberGenerator.GetHexString(40, lowercase: true);
        _begun[token] = options.Time.GetTimestamp();
        SignIns++;
        return token;
    }
}
