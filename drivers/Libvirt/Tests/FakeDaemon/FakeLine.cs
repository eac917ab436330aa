using System.Buffers.Binary;
using System.Net.Sockets;

namespace Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;

/// <summary>The daemon's end of one connection.</summary>
internal sealed class FakeLine(NetworkStream stream) : IDisposable
{
    public const uint Remote = 0x20008086;
    private const int Reply = 1;
    private const int Message = 2;
    private const int Stream = 3;
    private const int Ok = 0;
    private const int Failed = 1;

    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>The next message; null when the client has gone.</summary>
    public async Task<FakeCall?> ReadAsync(CancellationToken cancellationToken)
    {
        var head = new byte[28];
        try
        {
            await stream.ReadExactlyAsync(head, cancellationToken);
            int Word(int index) => BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(index * 4));
            var payload = new byte[Word(0) - 28];
            await stream.ReadExactlyAsync(payload, cancellationToken);
            return new FakeCall((uint)Word(1), Word(3), Word(4), (uint)Word(5), Word(6), payload);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    public async Task RawAsync(ReadOnlyMemory<byte> bytes)
    {
        await _writing.WaitAsync();
        try
        {
            await stream.WriteAsync(bytes);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client hung up first; tests look at its side.
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task ReplyAsync(FakeCall call, Bytes? result = null) =>
        RawAsync(Bytes.Frame(call.Program, call.Procedure, Reply, call.Serial, Ok, result?.ToArray()));

    public Task ErrorAsync(FakeCall call, int code, int domain, string message) =>
        RawAsync(Bytes.Frame(call.Program, call.Procedure, Reply, call.Serial, Failed, Bytes.Error(code, domain, message)));

    public Task EventAsync(int procedure, Bytes content) =>
        RawAsync(Bytes.Frame(Remote, procedure, Message, 0, Ok, content.ToArray()));

    public Task StreamAsync(FakeCall call, int status, ReadOnlyMemory<byte> data, int type = Stream) =>
        RawAsync(Bytes.Frame(call.Program, call.Procedure, type, call.Serial, status, data.Span));

    public void Hangup() => stream.Dispose();

    public void Dispose()
    {
        stream.Dispose();
        _writing.Dispose();
    }
}
