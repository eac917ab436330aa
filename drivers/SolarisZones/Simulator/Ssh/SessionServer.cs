using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;
using Anyvisor.Drivers.SolarisZones.Simulator.Shell;
using Anyvisor.Simulation.Faults;
using Anyvisor.Simulation.Ssh;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Ssh;

/// <summary>
/// Takes the sessions that sshd's forced command (session.pl) hands over on a socket: which port was called, which command,
/// and the streams. Each is run by a shell of the host behind that port.
/// </summary>
internal sealed class SessionServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyDictionary<int, SimHost> _hosts;
    private readonly FaultDice _dice;
    private readonly Task _accepting;

    /// <param name="path">Of the socket, in a folder that is ours alone.</param>
    /// <param name="hosts">By port.</param>
    /// <param name="dice">When faults strike.</param>
    public SessionServer(string path, IReadOnlyDictionary<int, SimHost> hosts, FaultDice dice)
    {
        (_hosts, _dice) = (hosts, dice);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _ = Task.Run(() => ServeAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await using var line = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var port = Encoding.UTF8.GetString((await SessionFrames.ReadAsync(line, ended.Token).ConfigureAwait(false)).Bytes);
            var terminal = (await SessionFrames.ReadAsync(line, ended.Token).ConfigureAwait(false)).Bytes is [(byte)'1'];
            var command = Encoding.UTF8.GetString((await SessionFrames.ReadAsync(line, ended.Token).ConfigureAwait(false)).Bytes);
            if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !_hosts.TryGetValue(number, out var host))
                return;
            var typed = Channel.CreateUnbounded<string>();
            var listening = ListenAsync(line, typed.Writer, ended);
            await RunAsync(line, host, command, new InputText(typed.Reader), terminal, ended.Token).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await listening.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The session's other end is gone.
        }
    }

    private async Task RunAsync(NetworkStream line, SimHost host, string command, InputText input, bool terminal, CancellationToken cancellationToken)
    {
        var gate = new Lock();
        var io = new Streams(input, text => Say('O', text), text => Say('R', text), terminal);
        try
        {
            var code = await Interpreter.Login(host, (call, streams, token) => FaultyAsync(host.Time, call, streams, token)).RunAsync(command, io, cancellationToken).ConfigureAwait(false);
            SessionFrames.Frame(line, 'X', Encoding.ASCII.GetBytes(code.ToString(CultureInfo.InvariantCulture)));
        }
        catch (LineCutException)
        {
            SessionFrames.Frame(line, 'K', []);
        }

        void Say(char kind, string text)
        {
            lock (gate)
                SessionFrames.Send(line, kind, Encoding.UTF8.GetBytes(text));
        }
    }

    /// <summary>A command with the faults that strike it: it is late, the line is cut before or after it, its output is spoiled.</summary>
    private async Task<int> FaultyAsync(TimeProvider time, Func<Streams, Task<int>> call, Streams io, CancellationToken cancellationToken)
    {
        if (_dice.Roll(FaultPlan.Slow) is { } slow)
            await Task.Delay(slow.Duration, time, cancellationToken).ConfigureAwait(false);
        var drop = _dice.Roll(FaultPlan.Drop) is not null;
        if (drop && _dice.Next(2) == 0)
            throw new LineCutException();
        if (_dice.Roll(FaultPlan.Garbage) is null)
        {
            var code = await call(io).ConfigureAwait(false);
            return drop ? throw new LineCutException() : code;
        }
        var held = new StringBuilder();
        var result = await call(io with { Out = text => held.Append(text) }).ConfigureAwait(false);
        var bytes = Encoding.UTF8.GetBytes(held.ToString());
        io.Out(Encoding.UTF8.GetString(bytes.AsSpan(0, _dice.Spoil(bytes))));
        return drop ? throw new LineCutException() : result;
    }

    /// <summary>The session's line is cut in the middle.</summary>
    private sealed class LineCutException : Exception;

    private static async Task ListenAsync(NetworkStream line, ChannelWriter<string> typed, CancellationTokenSource ended)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        try
        {
            while (true)
            {
                var (kind, bytes) = await SessionFrames.ReadAsync(line, ended.Token).ConfigureAwait(false);
                if (kind == 'E')
                {
                    typed.TryComplete();
                    continue;
                }
                var chars = new char[decoder.GetCharCount(bytes, flush: false)];
                _ = decoder.GetChars(bytes, chars, flush: false);
                typed.TryWrite(new string(chars));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            typed.TryComplete();
            // Who called has gone: what runs in the foreground goes with them.
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }
}
