using System.Collections.Immutable;
using System.Text.Json;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Inventory.Storage;

/// <summary>A change as the store keeps it.</summary>
internal sealed record HistoryRow
{
    public long Sequence { get; init; }
    public long At { get; init; }
    public long Kind { get; init; }
    public string Subject { get; init; } = "";
    public byte[]? SubjectId { get; init; }
    public string? Name { get; init; }
    public string? Provider { get; init; }
    public string? Task { get; init; }
    public string? Text { get; init; }
    public string? Changes { get; init; }

    internal ImmutableArray<FieldChange> ReadChanges() =>
        Changes is null ? [] : JsonSerializer.Deserialize(Changes, ModelJson.Default.ImmutableArrayFieldChange);

    internal Event ToEvent(Func<ObjectId, Guest?> guest)
    {
        var id = SubjectId is null ? (ObjectId?)null : EstateRows.IdOf(SubjectId);
        return new Event
        {
            Sequence = Sequence,
            At = Store.StoreTime.FromStore(At),
            Kind = (EventKind)Kind,
            Subject = Subject,
            SubjectId = id?.ToString()
                ?? Subject switch
                {
                    "provider" => Provider,
                    "task" => Task,
                    _ => null,
                },
            SubjectName = Name,
            Provider = Provider,
            Task = Task,
            Text = Text,
            Changes = ReadChanges(),
            Guest = Subject == "guest" && id is { } known && (EventKind)Kind != EventKind.Removed ? guest(known) : null,
        };
    }
}
