namespace Anyvisor.Cli;

/// <summary>All that a command sees of its process, so that a test can give it another.</summary>
internal sealed record Surroundings
{
    /// <summary>For the answer alone.</summary>
    internal required TextWriter Out { get; init; }

    /// <summary>For progress, remarks and errors.</summary>
    internal required TextWriter Error { get; init; }

    /// <summary>Opened when first used: most commands read nothing.</summary>
    internal required Func<Stream> OpenInput { get; init; }

    /// <summary>Standard output as bytes, for a console's.</summary>
    internal required Func<Stream> OpenOutput { get; init; }
    internal bool OutIsTerminal { get; init; }
    internal bool ErrorIsTerminal { get; init; }
    internal bool InputIsTerminal { get; init; }

    /// <summary>Columns of the terminal; 0 where there is none.</summary>
    internal int Width { get; init; }

    internal required Func<string, string?> Environment { get; init; }

    /// <summary>Calls back on an interrupt (Ctrl-C) or a termination signal until disposed.</summary>
    internal required Func<Action, IDisposable> OnInterrupt { get; init; }

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    internal bool Colours => OutIsTerminal && string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") is not "dumb";
}
