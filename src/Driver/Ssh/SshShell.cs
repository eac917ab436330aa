using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Anyvisor.Driver.Ssh;

/// <summary>
/// One POSIX shell at the other end that runs one command after another: what comes of each is told apart by marks that
/// nobody can guess. Not thread-safe; after a call that threw it is of no more use.
/// </summary>
internal sealed class SshShell(SshProcess process, string host) : IAsyncDisposable
{
    private readonly string _nonce = "anyvisor-" + RandomNumberGenerator.GetHexString(24, lowercase: true);
    private int _calls;

    /// <summary>Runs a command; null when the shell had ended before, so that it never began.</summary>
    /// <exception cref="ProviderException">The line broke or the shell ended under it, or there is too much output.</exception>
    public async Task<SshResult?> RunAsync(IReadOnlyList<string> words, string input, long maxOutput, CancellationToken cancellationToken)
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $"{_nonce}-{++_calls}");
        var output = new MarkedOutput(process.Output, mark, maxOutput, keeps: int.MaxValue);
        var errors = new MarkedOutput(process.ErrorOutput, mark, long.MaxValue, SshErrors.Kept);
        // What one stream is at fault for ends the wait for the other.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await AllAsync([output.ReadAsync(over.Token), errors.ReadAsync(over.Token), WriteAsync(Text(words, input, mark), over.Token)], over).ConfigureAwait(false);
        if (output.Code is { } code && errors.Code is not null)
            return new SshResult(code, output.Text, errors.Text);
        var end = await process.WaitAsync(cancellationToken).ConfigureAwait(false);
        // 255 is ssh's own, and a shell's that was killed.
        Ended = end == 255 ? SshFailure.Explain(errors.Rest, host).ToException() : new ProviderException(ProviderError.ProviderFault, $"The shell at {host} ended with code {end}: {SshFailure.Words(errors.Rest)}");
        return output.Began ? throw Ended.WithUnknownOutcome() : null;
    }

    /// <summary>Why it ended, once it did.</summary>
    public ProviderException? Ended { get; private set; }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    /// <summary>For the Bourne shell of old Solaris too. A command reads nothing of what follows it.</summary>
    private static string Text(IReadOnlyList<string> words, string input, string mark)
    {
        var text = new StringBuilder($"echo {mark} begin\n{ShellWord.Command(words)}");
        if (input.Length == 0)
            text.Append(" </dev/null\n");
        else
            text.Append(CultureInfo.InvariantCulture, $" <<'{mark}'\n{input}{(input.EndsWith('\n') ? "" : "\n")}{mark}\n");
        return text.Append(CultureInfo.InvariantCulture, $"anyvisor_code=$?; echo; echo {mark} end $anyvisor_code; echo >&2; echo {mark} end 0 >&2\n").ToString();
    }

    private static async Task AllAsync(List<Task> tasks, CancellationTokenSource over)
    {
        var all = Task.WhenAll(tasks);
        while (tasks.Count > 0)
        {
            var first = await Task.WhenAny(tasks).ConfigureAwait(false);
            tasks.Remove(first);
            if (first.IsCompletedSuccessfully)
                continue;
            await over.CancelAsync().ConfigureAwait(false);
            await first.ConfigureAwait(false);
        }
        await all.ConfigureAwait(false);
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            await process.Input.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
            await process.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It has ended: its exit code says why.
        }
    }

    /// <summary>One stream of a shell, read until the mark that ends a command.</summary>
    private sealed class MarkedOutput(Stream source, string mark, long most, int keeps)
    {
        private readonly byte[] _begin = Encoding.ASCII.GetBytes($"{mark} begin\n");
        private readonly byte[] _end = Encoding.ASCII.GetBytes($"\n{mark} end ");
        private byte[] _held = new byte[4096];
        private int _length;
        private int _textEnd = -1;

        /// <summary>The command's, once its end was read.</summary>
        public int? Code { get; private set; }

        public bool Began => _held.AsSpan(0, _length).IndexOf(_begin) >= 0;

        public string Text
        {
            get
            {
                var from = _held.AsSpan(0, _length).IndexOf(_begin) is var at and >= 0 ? at + _begin.Length : 0;
                return Encoding.UTF8.GetString(_held, from, Math.Max(0, Math.Min(_textEnd - from, keeps)));
            }
        }

        /// <summary>What came where no end did.</summary>
        public string Rest => Encoding.UTF8.GetString(_held, 0, _length);

        public async Task ReadAsync(CancellationToken cancellationToken)
        {
            while (!Ended())
            {
                if (_length == _held.Length)
                    Array.Resize(ref _held, checked(_held.Length * 2));
                var read = await source.ReadAsync(_held.AsMemory(_length), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                    return;
                _length += read;
                if (_length > most)
                    throw new ProviderException(ProviderError.ProtocolViolation, $"A command said more than {most >> 20} MiB: no sound answer is as long");
                Forget();
            }
        }

        // Nothing follows an end, so it is at the end of what came.
        private bool Ended()
        {
            var held = _held.AsSpan(0, _length);
            if (held.Length == 0 || held[^1] != (byte)'\n')
                return false;
            var tail = held[Math.Max(0, held.Length - _end.Length - 16)..];
            var at = tail.LastIndexOf(_end);
            if (at < 0 || !int.TryParse(tail[(at + _end.Length)..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var code))
                return false;
            (Code, _textEnd) = (code, held.Length - tail.Length + at);
            return true;
        }

        // Of complaints without end the beginning is kept, and enough of their end to know the mark.
        private void Forget()
        {
            var tail = _end.Length + 16;
            if (keeps == int.MaxValue || _length <= 2 * (keeps + tail))
                return;
            _held.AsSpan(_length - tail, tail).CopyTo(_held.AsSpan(keeps));
            _length = keeps + tail;
        }
    }
}
