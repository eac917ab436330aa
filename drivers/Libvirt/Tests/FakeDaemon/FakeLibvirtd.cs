using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;

/// <summary>
/// A libvirtd that does what a test says, on a unix socket of its own. It signs everybody in, opens any URI,
/// and answers what is in <see cref="On"/>; everything else is an unknown procedure.
/// </summary>
internal sealed class FakeLibvirtd : IAsyncDisposable
{
    private const int AuthList = 66;
    private const int SupportsFeature = 60;
    private const int Open = 1;
    private const uint KeepAlive = 0x6b656570;

    private readonly string _folder = Directory.CreateTempSubdirectory("fake-libvirtd-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _work = [];
    private readonly ConcurrentBag<FakeLine> _lines = [];
    private readonly Channel<bool> _pings = Channel.CreateUnbounded<bool>();
    private int _now;

    public FakeLibvirtd()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen(64);
        On[AuthList] = (line, call) => line.ReplyAsync(call, new Bytes().Int(0));
        On[SupportsFeature] = (line, call) => line.ReplyAsync(call, new Bytes().Int(1));
        On[Open] = (line, call) => line.ReplyAsync(call);
        _work.Add(AcceptAsync());
    }

    public string Path => System.IO.Path.Combine(_folder, "sock");

    public string Uri => $"qemu+unix:///system?socket={Path}";

    /// <summary>What happens on a call, by procedure number of the remote program.</summary>
    public ConcurrentDictionary<int, Func<FakeLine, FakeCall, Task>> On { get; } = new();

    /// <summary>Takes over a whole connection, byte by byte.</summary>
    public Func<FakeLine, CancellationToken, Task>? OnLine { get; set; }

    /// <summary>What happens on stream packets of the client.</summary>
    public Func<FakeLine, FakeCall, Task>? OnStream { get; set; }

    /// <summary>How long each answer is on its way.</summary>
    public TimeSpan Delay { get; set; }

    public bool AnswersPings { get; set; } = true;

    /// <summary>The most calls that were being worked on at one time.</summary>
    public int MostAtOnce { get; private set; }

    public int Connections => _lines.Count;

    /// <summary>Completes with the next sign of life that the client asks for.</summary>
    public Task NextPingAsync(CancellationToken cancellationToken) => _pings.Reader.ReadAsync(cancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        foreach (var line in _lines)
            line.Hangup();
        await Task.WhenAll(_work);
        foreach (var line in _lines)
            line.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var line = new FakeLine(new NetworkStream(await _listener.AcceptAsync(_stop.Token), ownsSocket: true));
                _lines.Add(line);
                _work.Add(ServeAsync(line));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(FakeLine line)
    {
        try
        {
            if (OnLine is { } takeOver)
            {
                await takeOver(line, _stop.Token);
                return;
            }
            while (await line.ReadAsync(_stop.Token) is { } call)
                await HandleAsync(line, call);
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task HandleAsync(FakeLine line, FakeCall call)
    {
        if (call.Program == KeepAlive)
        {
            if (AnswersPings && call.Procedure == 1)
                await line.RawAsync(Bytes.Frame(KeepAlive, 2, 2, 0, 0, []));
            _pings.Writer.TryWrite(true);
        }
        else if (call.Type != 0)
            await (OnStream?.Invoke(line, call) ?? Task.CompletedTask);
        else if (Delay > TimeSpan.Zero)
            _work.Add(AnswerLaterAsync(line, call));
        else
            await AnswerAsync(line, call);
    }

    private async Task AnswerLaterAsync(FakeLine line, FakeCall call)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
        try
        {
            await Task.Delay(Delay, TimeProvider.System, _stop.Token);
            await AnswerAsync(line, call);
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
    }

    private Task AnswerAsync(FakeLine line, FakeCall call) =>
        call.Program == FakeLine.Remote && On.TryGetValue(call.Procedure, out var answer)
            ? answer(line, call)
            : line.ErrorAsync(call, 39, 7, $"unknown procedure: {call.Procedure}");
}
