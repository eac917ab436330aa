using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Anyvisor.Simulation.Ssh;

namespace Anyvisor.Drivers.PowerVm.Simulator.Ssh;

/// <summary>
/// The console's restricted shell, as far as terminals go: <c>mkvterm</c>, <c>rmvterm</c>, and <c>ps</c>, which shows who
/// holds one. A partition has one terminal and one session at it.
/// </summary>
internal sealed class Terminals : IAsyncDisposable
{
    private const string Opened = " Open in progress \r\n\r\n Open Completed.\r\n";
    private const string Busy = "\r\nA terminal session is already open for this partition. \r\nOnly one open session is allowed for a partition. \r\nExiting.... \r\n";

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<Guid, Held> _held = [];
    private readonly HmcEstate _estate;
    private readonly string _user;
    private readonly Task _accepting;

    public Terminals(string path, HmcEstate estate, string user)
    {
        (_estate, _user) = (estate, user);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(64);
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
        await using var line = new NetworkStream(socket, ownsSocket: true);
        try
        {
            _ = await SessionFrames.ReadAsync(line, _stop.Token).ConfigureAwait(false); // The port: there is one.
            _ = await SessionFrames.ReadAsync(line, _stop.Token).ConfigureAwait(false); // Whether it is a terminal.
            var command = Encoding.UTF8.GetString((await SessionFrames.ReadAsync(line, _stop.Token).ConfigureAwait(false)).Bytes);
            var code = await RunAsync(line, command).ConfigureAwait(false);
            SessionFrames.Frame(line, 'X', Encoding.ASCII.GetBytes(code.ToString(CultureInfo.InvariantCulture)));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Who called has gone.
        }
    }

    private async Task<int> RunAsync(NetworkStream line, string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('\'', '"')).ToArray();
        return words switch
        {
            ["mkvterm", ..] => await OpenAsync(line, words).ConfigureAwait(false),
            ["rmvterm", ..] => Remove(line, words),
            ["ps", ..] => Show(line),
            // How a client finds out that the line stands.
            ["echo", ..] => Say(line, string.Join(' ', words[1..]) + "\n", 0),
            _ => Say(line, $"{words.FirstOrDefault()}: command not found\n", 127),
        };
    }

    private async Task<int> OpenAsync(NetworkStream line, string[] words)
    {
        if (Find(words) is not { } partition)
            return Say(line, "HSCL8012 The partition was not found.\n", 1);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var mine = new Held($"mkvterm -m {partition.System.Name} --id {partition.Id.ToString(CultureInfo.InvariantCulture)}", ended);
        lock (_held)
            if (!_held.TryAdd(partition.Uuid, mine))
                return Say(line, Busy, 1);
        try
        {
            _ = Say(line, Opened, 0);
            await TalkAsync(line, partition, ended.Token).ConfigureAwait(false);
            return 0;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // Somebody removed it.
            return Say(line, "\r\n Connection has closed \r\n", 0);
        }
        finally
        {
            lock (_held)
                _ = _held.Remove(partition.Uuid);
        }
    }

    /// <summary>A login that nobody gets past; one that is off says nothing.</summary>
    private async Task TalkAsync(NetworkStream line, SimPartition partition, CancellationToken cancellationToken)
    {
        var prompt = $"\r\nConsole login: ";
        if (IsOn(partition))
            _ = Say(line, prompt, 0);
        while (await SessionFrames.ReadAsync(line, cancellationToken).ConfigureAwait(false) is ('I', var typed))
            if (IsOn(partition))
                _ = Say(line, Encoding.UTF8.GetString(typed).Replace("\r", prompt, StringComparison.Ordinal), 0);
    }

    private bool IsOn(SimPartition partition)
    {
        lock (_estate.Gate)
            return partition.On;
    }

    private int Remove(NetworkStream line, string[] words)
    {
        if (Find(words) is not { } partition)
            return Say(line, "HSCL8012 The partition was not found.\n", 1);
        lock (_held)
        {
            if (!_held.TryGetValue(partition.Uuid, out var held))
                return Say(line, "There is no open terminal session for this partition.\n", 1);
            held.Ended.Cancel();
        }
        return 0;
    }

    private int Show(NetworkStream line)
    {
        lock (_held)
            return Say(line, $"USER COMMAND\n{string.Concat(_held.Values.Select(held => $"{_user} {held.Command}\n"))}", 0);
    }

    private SimPartition? Find(string[] words)
    {
        var (name, id) = (Option(words, "-m"), Option(words, "--id"));
        lock (_estate.Gate)
            return _estate.Systems.Find(system => system.Name == name)?.Partitions.Values.FirstOrDefault(p => p.Id.ToString(CultureInfo.InvariantCulture) == id);
    }

    private static string? Option(string[] words, string name) => Array.IndexOf(words, name) is var at and >= 0 && at + 1 < words.Length ? words[at + 1] : null;

    private static int Say(NetworkStream line, string text, int code)
    {
        SessionFrames.Send(line, 'O', Encoding.UTF8.GetBytes(text));
        return code;
    }

    /// <summary>A session at a terminal.</summary>
    private sealed record Held(string Command, CancellationTokenSource Ended);
}
