using System.Text;

namespace Anyvisor.Driver.Ssh;

/// <summary>What a program writes to its standard error: all of it is read, and the beginning kept. Thread-safe.</summary>
internal sealed class SshErrors
{
    /// <summary>Characters of the beginning.</summary>
    public const int Kept = 16 * 1024;

    private readonly StringBuilder _text = new();

    /// <param name="source">Read to its end from now on.</param>
    public SshErrors(TextReader source) => Ended = ListenAsync(source);

    /// <summary>Completed when there is no more to come.</summary>
    public Task Ended { get; }

    /// <summary>Waits for its end, but no longer than that: whoever inherited the stream may keep it open for hours.</summary>
    public async Task EndedWithinAsync(TimeSpan most)
    {
        try
        {
            await Ended.WaitAsync(most, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What it said until now is kept.
        }
    }

    /// <summary>What came so far.</summary>
    public string Text
    {
        get
        {
            lock (_text)
                return _text.ToString();
        }
    }

    private async Task ListenAsync(TextReader source)
    {
        var buffer = new char[1024];
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer).ConfigureAwait(false)) > 0)
                lock (_text)
                    _text.Append(buffer, 0, Math.Min(read, Kept - _text.Length));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone, and what it said is kept.
        }
    }
}
