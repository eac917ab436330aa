using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Inventory;

/// <summary>A guest's counters at one moment; two of them make rates.</summary>
internal sealed record CounterReading
{
    /// <summary>By the process's own clock, which does not jump.</summary>
    public required long Timestamp { get; init; }

    /// <summary>Nanoseconds.</summary>
    public double? CpuTime { get; init; }
    public long? MemoryUsed { get; init; }
    public long? MemoryResident { get; init; }
    public double? ReadBytes { get; init; }
    public double? WriteBytes { get; init; }
    public double? Reads { get; init; }
    public double? Writes { get; init; }
    public double? Received { get; init; }
    public double? Sent { get; init; }

    public static CounterReading Of(IReadOnlyList<TypedParameter> stats, long timestamp)
    {
        var byName = new Dictionary<string, TypedParameter>(stats.Count, StringComparer.Ordinal);
        foreach (var stat in stats)
            byName[stat.Name] = stat;
        return new CounterReading
        {
            Timestamp = timestamp,
            CpuTime = Number("cpu.time"),
            MemoryUsed = Used(),
            MemoryResident = Number("balloon.rss") is { } kib ? (long)kib * 1024 : null,
            ReadBytes = Sum("block.", ".rd.bytes"),
            WriteBytes = Sum("block.", ".wr.bytes"),
            Reads = Sum("block.", ".rd.reqs"),
            Writes = Sum("block.", ".wr.reqs"),
            Received = Sum("net.", ".rx.bytes"),
            Sent = Sum("net.", ".tx.bytes"),
        };

        double? Number(string name) => byName.TryGetValue(name, out var stat) ? stat.AsDouble() : null;

        // What the guest's balloon driver reports; without one the host can't tell.
        long? Used() => Number("balloon.available") is { } all && Number("balloon.unused") is { } unused ? (long)(all - unused) * 1024 : null;

        double? Sum(string start, string end)
        {
            double? sum = null;
            foreach (var (name, stat) in byName)
                if (name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(end, StringComparison.Ordinal) && stat.AsDouble() is { } value)
                    sum = (sum ?? 0) + value;
            return sum;
        }
    }

    /// <summary>Rates since another reading; none where there is no earlier one, or the guest was restarted between.</summary>
    public GuestMetrics Since(CounterReading? before, TimeProvider time)
    {
        var seconds = before is null ? 0 : time.GetElapsedTime(before.Timestamp, Timestamp).TotalSeconds;
        return new GuestMetrics
        {
            At = time.GetUtcNow().UtcDateTime,
            CpuUsage = Rate(CpuTime, before?.CpuTime) / 1e9,
            MemoryUsed = MemoryUsed,
            MemoryResident = MemoryResident,
            DiskReadBytes = Rate(ReadBytes, before?.ReadBytes),
            DiskWriteBytes = Rate(WriteBytes, before?.WriteBytes),
            DiskReadOperations = Rate(Reads, before?.Reads),
            DiskWriteOperations = Rate(Writes, before?.Writes),
            NetworkReceiveBytes = Rate(Received, before?.Received),
            NetworkTransmitBytes = Rate(Sent, before?.Sent),
        };

        double? Rate(double? now, double? then) => seconds > 0.05 && now >= then ? (now - then) / seconds : null;
    }
}
