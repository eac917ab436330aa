using System.Net;
using System.Net.Sockets;

namespace Anyvisor.Server.Security;

/// <summary>Counts failed sign-ins by address in windows of a minute. Bounded, whoever knocks. Safe for any thread.</summary>
internal sealed class FailureLimit(TimeProvider time)
{
    internal const int Most = 20;
    internal static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private const int MostAddresses = 10_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (long Since, int Failures)> _counts = [];

    /// <summary>Counts one; true when there were too many within the window.</summary>
    internal bool Count(IPAddress address)
    {
        var key = Network(address);
        lock (_gate)
        {
            if (_counts.TryGetValue(key, out var count) && time.GetElapsedTime(count.Since) < Window)
            {
                _counts[key] = (count.Since, count.Failures + 1);
                return count.Failures >= Most;
            }
            if (_counts.Count >= MostAddresses)
                Forget();
            _counts[key] = (time.GetTimestamp(), 1);
            return false;
        }
    }

    private void Forget()
    {
        foreach (var (key, count) in _counts)
            if (time.GetElapsedTime(count.Since) >= Window)
                _counts.Remove(key);
        if (_counts.Count >= MostAddresses)
            _counts.Clear();
    }

    // A single customer of an IPv6 network usually holds a whole /64.
    private static IPAddress Network(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
