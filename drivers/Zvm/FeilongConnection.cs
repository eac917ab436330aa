using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm;

/// <summary>A line by cloud connectors, which tell counters too: the management API has them in a form that changes with its level.</summary>
internal sealed class FeilongConnection(Site site, TimeSpan poll, string provider, ConcurrentDictionary<string, byte> paused, DriverContext context)
    : Connection(site, poll, provider, paused, context), IGuestMetrics
{
    private readonly ConcurrentDictionary<string, (CounterFacts Counters, long At)> _readings = new(StringComparer.Ordinal);

    public async Task<ImmutableDictionary<NativeId, GuestMetrics>> ReadMetricsAsync(ImmutableArray<NativeId> guests, CancellationToken cancellationToken)
    {
        var users = guests.Select(guest => UserId.Canonical(guest.ToString())).Where(UserId.IsValid).ToList();
        var all = await Task.WhenAll(Site.Members.Select(member => member.System.ReadCountersAsync(users, cancellationToken))).ConfigureAwait(false);
        var metrics = ImmutableDictionary.CreateBuilder<NativeId, GuestMetrics>();
        foreach (var (user, counters) in all.SelectMany(counters => counters))
            if (users.Contains(user))
                metrics[UserId.Native(user)] = Since(user, counters);
        foreach (var gone in _readings.Keys.Where(user => Watch.Find(user) is { RunsOn: null }))
            _readings.TryRemove(gone, out _);
        return metrics.ToImmutable();
    }

    private GuestMetrics Since(string user, CounterFacts now)
    {
        var at = Time.GetTimestamp();
        var known = _readings.TryGetValue(user, out var before);
        _readings[user] = (now, at);
        var seconds = known ? Time.GetElapsedTime(before.At, at).TotalSeconds : 0;
        return new GuestMetrics
        {
            At = Now,
            CpuUsage = Rate(now.CpuMicroseconds, before.Counters?.CpuMicroseconds) / 1e6,
            MemoryResident = now.UsedMemory,
            NetworkReceiveBytes = Rate(now.ReceivedBytes, before.Counters?.ReceivedBytes),
            NetworkTransmitBytes = Rate(now.SentBytes, before.Counters?.SentBytes),
        };

        // A counter that is smaller than before was begun anew with the user's logon.
        double? Rate(long? value, long? old) => seconds > 0 && value >= old ? (value - old) / seconds : null;
    }
}
