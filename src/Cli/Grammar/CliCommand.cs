using System.CommandLine;

namespace Anyvisor.Cli.Grammar;

/// <summary>A command that does something: its grammar is in the constructor, its work in <see cref="RunAsync"/>.</summary>
internal abstract class CliCommand(string name, string description) : Command(name, description)
{
    /// <summary>Does it and gives the exit code; throws <see cref="CliException"/> or the client's own error.</summary>
    internal abstract Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken);
}
