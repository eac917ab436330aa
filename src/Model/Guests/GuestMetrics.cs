namespace Anyvisor.Model;

/// <summary>One reading of a guest's counters. Rates are per second; null where the system does not say.</summary>
public sealed record GuestMetrics
{
    public required DateTime At { get; init; }

    /// <summary>Share of one processor in use since the reading before: 1.5 is one and a half.</summary>
    public double? CpuUsage { get; init; }

    /// <summary>Bytes in use as the guest sees it.</summary>
    public long? MemoryUsed { get; init; }

    /// <summary>Bytes of the host's memory that it takes up.</summary>
    public long? MemoryResident { get; init; }
    public double? DiskReadBytes { get; init; }
    public double? DiskWriteBytes { get; init; }
    public double? DiskReadOperations { get; init; }
    public double? DiskWriteOperations { get; init; }
    public double? NetworkReceiveBytes { get; init; }
    public double? NetworkTransmitBytes { get; init; }
}
