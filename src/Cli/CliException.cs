namespace Anyvisor.Cli;

/// <summary>A command ends here, with a sentence for the person and a code for the script.</summary>
internal sealed class CliException(int exitCode, string message, string? remedy = null) : Exception(message)
{
    internal int ExitCode { get; } = exitCode;

    internal string? Remedy { get; } = remedy;

    internal static CliException Usage(string message, string? remedy = null) => new(Cli.ExitCode.Usage, message, remedy);
}
