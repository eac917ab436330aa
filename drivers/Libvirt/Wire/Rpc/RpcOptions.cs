namespace Anyvisor.Drivers.Libvirt.Wire.Rpc;

/// <summary>Bounds of one connection.</summary>
internal sealed record RpcOptions
{
    /// <summary>
    /// Slow calls at one time. The daemon works on five calls of a client (max_client_requests) and reads no
    /// more until one ends: two places stay free for quick calls and keepalive.
    /// </summary>
    public int SlowCalls { get; init; } = 3;

    /// <summary>Calls that wait to be written.</summary>
    public int QueuedCalls { get; init; } = 1024;

    /// <summary>Events kept for a slow reader; then <see cref="EventsLostEvent"/>.</summary>
    public int Events { get; init; } = 8192;

    /// <summary>Packets kept for a slow reader of a stream (256 KiB each); then the line is not read on.</summary>
    public int StreamPackets { get; init; } = 8;

    /// <summary>Calls given up by their callers and not yet answered, after which the daemon counts as hung.</summary>
    public int AbandonedCalls { get; init; } = 4096;

    /// <summary>How often the daemon is asked for a sign of life; zero asks never.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>So many asks without a byte from the daemon, and it is gone.</summary>
    public int KeepAliveCount { get; init; } = 5;
}
