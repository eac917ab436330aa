namespace Anyvisor.Cli.Grammar;

/// <summary>
/// A whole number from the command line. A class, since options of value types are each compiled anew at every start,
/// and those of classes share code that is compiled ahead.
/// </summary>
internal sealed record Number(long Value);

/// <summary>A length of time from the command line; a class for the same reason as <see cref="Number"/>.</summary>
internal sealed record Duration(TimeSpan Value);
