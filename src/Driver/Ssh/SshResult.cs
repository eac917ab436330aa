namespace Anyvisor.Driver.Ssh;

/// <summary>What a command at the other end said.</summary>
/// <param name="ExitCode">Its own.</param>
/// <param name="Output">Its standard output, UTF-8.</param>
/// <param name="Error">The beginning of its standard error.</param>
public sealed record SshResult(int ExitCode, string Output, string Error);
