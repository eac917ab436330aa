using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>What a task was asked to do: the part that does not change while it runs, and what its plan chose.</summary>
public sealed record TaskOrder
{
    public required string Id { get; init; }
    public required string Kind { get; init; }
    public required TaskTarget Target { get; init; }
    public string? Provider { get; init; }
    public required string Actor { get; init; }

    /// <summary>The caller's address.</summary>
    public string? From { get; init; }

    /// <summary>JSON without secrets.</summary>
    public required string Body { get; init; }
    public ImmutableDictionary<string, Secret> Secrets { get; init; } = ImmutableDictionary<string, Secret>.Empty;

    /// <summary>Why the secrets that were written down can't be read any more; null when they can.</summary>
    public string? SecretFault { get; init; }
    public ImmutableArray<string> Lanes { get; init; } = [];

    /// <summary>The host that the plan chose.</summary>
    public string? Host { get; init; }

    /// <summary>The identity of what is made, where the plan knows it beforehand.</summary>
    public NativeId? Makes { get; init; }

    public T Read<T>(JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(Body, type) ?? throw new InvalidDataException($"Task {Id} has no body.");

    /// <summary>Takes the task's secrets out of what others say about it: systems echo what they were sent.</summary>
    public string Scrub(string text)
    {
        foreach (var secret in Secrets.Values)
            if (secret.Reveal() is { Length: > 3 } value)
                text = text.Replace(value, "***", StringComparison.Ordinal);
        return text;
    }
}
