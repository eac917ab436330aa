namespace Anyvisor.Client;

/// <summary>Which server, as whom, and with how much patience.</summary>
public sealed record ClientOptions
{
    /// <summary>The server's address without a path: <c>http://127.0.0.1:8440</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>The key of an API token; null asks without one.</summary>
    public string? Token { get; init; }

    /// <summary>How long one answer may take; streams and uploads have no such limit.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// Whether requests may hold the calling thread. A command line has nothing else to do meanwhile, and the blocking path
    /// has half as much to compile at start; anything that serves others leaves it off.
    /// </summary>
    public bool Blocking { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    // A record prints its properties: the token must not be among them.
    public override string ToString() => $"client of {Server}";
}
