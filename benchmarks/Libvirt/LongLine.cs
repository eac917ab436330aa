using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Anyvisor.Benchmarks.Libvirt;

/// <summary>
/// A unix socket in front of the daemon's that makes the way as long as asked for, without making it narrower, and
/// counts the calls that go over it.
/// </summary>
internal sealed class LongLine : IAsyncDisposable
{
    /// <summary>REMOTE_PROGRAM: calls of others (keepalive) are not counted.</summary>
    private const uint RemoteProgram = 0x20008086;

    private readonly string _daemon;
    private readonly TimeSpan _oneWay;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly ConcurrentDictionary<(uint Procedure, uint Serial), long> _asked = new();
    private long _answering;
    private int _calls;

    public LongLine(string daemon, TimeSpan roundTrip)
    {
        _daemon = daemon;
        _oneWay = roundTrip / 2;
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"anyvisor-line-{Guid.NewGuid():N}");
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Path { get; }

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The procedures whose time is summed up; all others are passed on without.</summary>
    public HashSet<uint> Watched { get; init; } = [];

    /// <summary>How long the daemon took to answer the watched ones, one after the other.</summary>
    public double AnsweringMilliseconds => TimeSpan.FromTicks(Interlocked.Read(ref _answering)).TotalMilliseconds;

    private async Task AcceptAsync()
    {
        var lines = new List<Task>();
        try
        {
            while (true)
                lines.Add(RelayAsync(await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(lines).ConfigureAwait(false);
        }
    }

    private async Task RelayAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await far.ConnectAsync(new UnixDomainSocketEndPoint(_daemon), _stop.Token).ConfigureAwait(false);
        await using var client = new NetworkStream(near, ownsSocket: true);
        await using var daemon = new NetworkStream(far);
        await Task.WhenAny(CarryAsync(client, daemon, count: true), CarryAsync(daemon, client, count: false)).ConfigureAwait(false);
    }

    /// <summary>Frames travel side by side: each arrives its time after it was sent, however many are on the way.</summary>
    private async Task CarryAsync(NetworkStream from, NetworkStream to, bool count)
    {
        var way = Channel.CreateUnbounded<(long Due, byte[] Frame)>();
        var delivering = DeliverAsync(way.Reader, to);
        try
        {
            var length = new byte[4];
            while (true)
            {
                await from.ReadExactlyAsync(length, _stop.Token).ConfigureAwait(false);
                var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
                length.CopyTo(frame, 0);
                await from.ReadExactlyAsync(frame.AsMemory(4), _stop.Token).ConfigureAwait(false);
                // Length, program, version, procedure, type: a type of zero is a call.
                if (count && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) == RemoteProgram && BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(16)) == 0)
                    Interlocked.Increment(ref _calls);
                Time(frame, count);
                way.Writer.TryWrite((TimeProvider.System.GetTimestamp() + (long)(_oneWay.TotalSeconds * TimeProvider.System.TimestampFrequency), frame));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            way.Writer.Complete();
        }
        await delivering.ConfigureAwait(false);
    }

    private void Time(byte[] frame, bool asked)
    {
        // The header of every message: program, version, procedure, type, serial, status.
        var call = (Procedure: BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(12)), Serial: BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(20)));
        if (!Watched.Contains(call.Procedure))
            return;
        if (asked)
            _asked[call] = TimeProvider.System.GetTimestamp();
        else if (_asked.TryRemove(call, out var began))
            Interlocked.Add(ref _answering, TimeProvider.System.GetElapsedTime(began).Ticks);
    }

    private async Task DeliverAsync(ChannelReader<(long Due, byte[] Frame)> way, NetworkStream to)
    {
        try
        {
            await foreach (var (due, frame) in way.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                var left = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), due);
                if (left > TimeSpan.Zero)
                    await Task.Delay(left, TimeProvider.System, _stop.Token).ConfigureAwait(false);
                await to.WriteAsync(frame, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return; // One end has hung up.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _listener.Dispose();
        _stop.Dispose();
        File.Delete(Path);
    }
}
