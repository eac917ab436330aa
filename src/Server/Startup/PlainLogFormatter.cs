using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Anyvisor.Server.Startup;

/// <summary>
/// One line an entry, whatever is in it: what strangers send can't forge a line. Under systemd the line begins with
/// the journal's priority and leaves the time to the journal.
/// </summary>
internal sealed class PlainLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    internal const string FormatterName = "plain";
    private readonly bool _journal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (string.IsNullOrEmpty(text) && logEntry.Exception is null)
            return;
        var (word, priority) = logEntry.LogLevel switch
        {
            LogLevel.Critical => ("crit", "<2>"),
            LogLevel.Error => ("error", "<3>"),
            LogLevel.Warning => ("warn", "<4>"),
            LogLevel.Information => ("info", "<6>"),
            LogLevel.Debug => ("debug", "<7>"),
            _ => ("trace", "<7>"),
        };
        if (_journal)
            textWriter.Write(priority);
        else
        {
            textWriter.Write(time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
            textWriter.Write(' ');
            textWriter.Write(word);
            textWriter.Write(' ');
        }
        textWriter.Write(logEntry.Category);
        textWriter.Write(": ");
        WriteLine(textWriter, text);
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(" | ");
            WriteLine(textWriter, exception.ToString());
        }
        textWriter.WriteLine();
    }

    private static void WriteLine(TextWriter writer, string text)
    {
        foreach (var c in text)
            if (c == '\n')
                writer.Write(" | ");
            else if (!char.IsControl(c))
                writer.Write(c);
            else if (c != '\r')
                writer.Write(' ');
    }
}
