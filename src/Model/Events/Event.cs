using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

[JsonConverter(typeof(KebabCaseEnumConverter<EventKind>))]
public enum EventKind : byte
{
    /// <summary>An object came into view.</summary>
    Added,

    /// <summary>Fields of an object changed: see <see cref="Event.Changes"/>.</summary>
    Changed,
    Removed,

    /// <summary>A task moved on.</summary>
    Task,

    /// <summary>A provider's connection changed.</summary>
    Provider,

    /// <summary>Something the system told that changes no field of ours (a watchdog, an I/O error).</summary>
    Notice,
}

/// <summary>One field's change. Values are as the API writes them.</summary>
public sealed record FieldChange(string Field, string? From, string? To);

/// <summary>One thing that happened, in order.</summary>
public sealed record Event
{
    /// <summary>Rises by one or more from event to event; the SSE id.</summary>
    public required long Sequence { get; init; }
    public required DateTime At { get; init; }
    public required EventKind Kind { get; init; }

    /// <summary>What it is about: <c>guest</c>, <c>host</c>, <c>task</c>, <c>provider</c>.</summary>
    public required string Subject { get; init; }
    public string? SubjectId { get; init; }
    public string? SubjectName { get; init; }
    public string? Provider { get; init; }

    /// <summary>The task of ours that caused it, where we know.</summary>
    public string? Task { get; init; }
    public string? Text { get; init; }
    public ImmutableArray<FieldChange> Changes { get; init; } = [];

    /// <summary>The guest after the change, where it is about one that still exists.</summary>
    public Guest? Guest { get; init; }

    /// <summary>The task as it now is, for task events.</summary>
    public TaskInfo? TaskInfo { get; init; }
}
