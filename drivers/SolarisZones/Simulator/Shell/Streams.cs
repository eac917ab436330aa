using System.Text;
using System.Threading.Channels;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Shell;

/// <summary>A command's standard input: text that comes bit by bit, until its end.</summary>
internal sealed class InputText
{
    private readonly ChannelReader<string>? _more;
    private string _held;
    private int _at;

    public InputText(string text) => _held = text;

    public InputText(ChannelReader<string> more) => (_more, _held) = (more, "");

    /// <summary>Null at the end.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = _held.IndexOf('\n', _at)) < 0)
            if (!await MoreAsync(cancellationToken).ConfigureAwait(false))
                return Take(_held.Length) is { Length: > 0 } rest ? rest : null;
        var line = Take(end);
        _at++;
        return line;
    }

    public async Task<string> ReadAllAsync(CancellationToken cancellationToken)
    {
        var all = new StringBuilder(Take(_held.Length));
        while (await MoreAsync(cancellationToken).ConfigureAwait(false))
            all.Append(Take(_held.Length));
        return all.ToString();
    }

    /// <summary>What has come; null at the end.</summary>
    public async Task<string?> ReadSomeAsync(CancellationToken cancellationToken) =>
        _at < _held.Length || await MoreAsync(cancellationToken).ConfigureAwait(false) ? Take(_held.Length) : null;

    private string Take(int end)
    {
        var text = _held[_at..end];
        _at = end;
        return text;
    }

    private async Task<bool> MoreAsync(CancellationToken cancellationToken)
    {
        if (_more is null || !await _more.WaitToReadAsync(cancellationToken).ConfigureAwait(false) || !_more.TryRead(out var text))
            return false;
        (_held, _at) = (_held[_at..] + text, 0);
        return true;
    }
}

/// <summary>A command's streams.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Takes standard output.</param>
/// <param name="Error">Takes standard error.</param>
/// <param name="Terminal">Whether they are a terminal.</param>
internal sealed record Streams(InputText In, Action<string> Out, Action<string> Error, bool Terminal);
