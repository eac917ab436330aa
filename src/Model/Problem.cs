using System.Collections.Immutable;

namespace Anyvisor.Model;

// The JSON reader sets every init property, to default where the field is absent: collections guard themselves.
/// <summary>An error by RFC 9457; <see cref="Type"/> is stable.</summary>
public sealed record Problem
{
    /// <summary><c>urn:anyvisor:problem:not-found</c> and so on: the list is in the API reference.</summary>
    public required string Type { get; init; }
    public required string Title { get; init; }
    public int Status { get; init; }

    /// <summary>What was wrong, where, and what to do.</summary>
    public string? Detail { get; init; }
    public string? Instance { get; init; }

    /// <summary>The system's own code, where a provider said no.</summary>
    public string? NativeCode { get; init; }

    /// <summary>The system's own message.</summary>
    public string? NativeMessage { get; init; }
    public string? Provider { get; init; }

    /// <summary>What the caller could have meant: nearest field names, candidates of an ambiguous name, the task in the way.</summary>
    public ImmutableArray<string> Candidates { get; init => field = value.IsDefault ? [] : value; } = [];
    public ImmutableArray<Concern> Concerns { get; init => field = value.IsDefault ? [] : value; } = [];
}
