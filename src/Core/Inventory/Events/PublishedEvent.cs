using System.Text.Json;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Inventory.Events;

/// <summary>An event with its JSON, which is made once, when the first subscriber needs it, and shared by all.</summary>
public sealed class PublishedEvent(Event @event, Guest? before, long timestamp)
{
    private byte[]? _json;

    public Event Event { get; } = @event;

    public long Sequence => Event.Sequence;

    /// <summary>The event as the API writes it, UTF-8. Shared: not to be changed.</summary>
    public ReadOnlyMemory<byte> Json => _json ??= JsonSerializer.SerializeToUtf8Bytes(Event, ModelJson.Default.Event);

    /// <summary>The monotonic clock when it was published: how long a reader lets it wait is not decided by wall clock.</summary>
    internal long Timestamp { get; } = timestamp;

    /// <summary>The guest as it was, so that a subscriber hears of a guest that just left its filter.</summary>
    internal Guest? Before { get; } = before;

    /// <summary>Whether a subscriber with this filter hears of it.</summary>
    internal bool Passes(GuestFilter? filter) =>
        filter is null || Event.Guest is { } guest && filter.MatchesShown(guest) || Before is { } before && filter.MatchesShown(before);
}
