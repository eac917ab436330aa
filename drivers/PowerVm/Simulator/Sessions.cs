using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>Who is signed in. A session may be forgotten after a while, if that fault is asked for.</summary>
internal sealed class Sessions(string user, string password, int most, SimulationOptions options)
{
    private readonly ConcurrentDictionary<string, long> _begun = new(StringComparer.Ordinal);

    public int Count => _begun.Count;
    public int SignIns { get; private set; }

    /// <summary>A token; null when the password is wrong, and empty when there are too many sessions.</summary>
    public string? SignIn(string name, string secret)
    {
        var right = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(password));
        if (name != user || !right)
            return null;
        if (_begun.Count >= most)
            return "";
        var token = RandomNumberGenerator.GetHexString(64, lowercase: false);
        _begun[token] = options.Time.GetTimestamp();
        SignIns++;
        return token;
    }

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
}
