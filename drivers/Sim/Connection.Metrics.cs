using System.Collections.Immutable;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim;

internal sealed partial class Connection : IGuestMetrics
{
    /// <summary>Counters that go up and down like a working day's, each guest at its own pace. A guest that is off has none.</summary>
    public async Task<ImmutableDictionary<NativeId, GuestMetrics>> ReadMetricsAsync(ImmutableArray<NativeId> guests, CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        var readings = ImmutableDictionary.CreateBuilder<NativeId, GuestMetrics>();
        foreach (var id in guests)
            if (estate.Find(id) is { Power: PowerState.On } guest)
                readings[id] = Read(guest, estate.Now);
        return readings.ToImmutable();
    }

    private static GuestMetrics Read(Guest guest, DateTime now)
    {
        var own = new Draw(guest.Id.Low);
        var (phase, pace, greed) = (own.Below(3600), 300 + own.Below(3300), 0.1 + own.Below(80) / 100d);
        var wave = (1 + Math.Sin(2 * Math.PI * (now.TimeOfDay.TotalSeconds + phase) / pace)) / 2;
        var busy = greed * (0.2 + 0.8 * wave);
        return new GuestMetrics
        {
            At = now,
            CpuUsage = busy * guest.Vcpus,
            MemoryUsed = (long)(guest.Memory * (0.3 + 0.5 * greed)),
            MemoryResident = (long)(guest.Memory * (0.4 + 0.5 * greed)),
            DiskReadBytes = busy * (4 << 20),
            DiskWriteBytes = busy * (2 << 20),
            DiskReadOperations = busy * 400,
            DiskWriteOperations = busy * 200,
            NetworkReceiveBytes = busy * (1 << 20),
            NetworkTransmitBytes = busy * (3 << 20),
        };
    }
}
