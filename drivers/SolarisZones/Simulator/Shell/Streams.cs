using System.Text;
using System.Threading.Channels;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Shell;

/// <summary>A command's standard input: text that comes bit by bit, until its end.</summary>
internal sealed class InputText
{
    private readonly ChannelReader<string>? _more;
    private string _held;

    public InputText(string text) => _held = text;

    public InputText(ChannelReader<string> more) => (_more, _held) = (more, "");

    /// <summary>Null at the end.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = _held.IndexOf('\n', StringComparison.Ordinal)) < 0)
            if (!await MoreAsync(cancellationToken).ConfigureAwait(false))
            {
                var rest = _held;
                _held = "";
                return rest.Length > 0 ? rest : null;
            }
        var line = _held[..end];
        _held = _held[(end + 1)..];
        return line;
    }

    public async Task<string> ReadAllAsync(CancellationToken cancellationToken)
    {
        var all = new StringBuilder(_held);
        _held = "";
        while (await MoreAsync(cancellationToken).ConfigureAwait(false))
        {
            all.Append(_held);
            _held = "";
        }
        return all.ToString();
    }

    /// <summary>What has come; null at the end.</summary>
    public async Task<string?> ReadSomeAsync(CancellationToken cancellationToken)
    {
        if (_held.Length == 0 && !await MoreAsync(cancellationToken).ConfigureAwait(false))
            return null;
        var some = _held;
        _held = "";
        return some;
    }

    private async Task<bool> MoreAsync(CancellationToken cancellationToken)
    {
        if (_more is null || !await _more.WaitToReadAsync(cancellationToken).ConfigureAwait(false) || !_more.TryRead(out var text))
            return false;
        _held += text;
        return true;
    }
}

/// <summary>A command's streams.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Takes standard output.</param>
/// <param name="Error">Takes standard error.</param>
/// <param name="Terminal">Whether they are a terminal.</param>
internal sealed record Streams(InputText In, Action<string> Out, Action<string> Error, bool Terminal);
