using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>One change in an object's past.</summary>
/// <param name="Sequence">The event's sequence number.</param>
/// <param name="At">When we saw it, UTC.</param>
/// <param name="Kind">What kind of change.</param>
/// <param name="Changes">What, from, to.</param>
/// <param name="Task">By which task, if ours.</param>
public sealed record HistoryEntry(long Sequence, DateTime At, EventKind Kind, ImmutableArray<FieldChange> Changes, string? Task);
