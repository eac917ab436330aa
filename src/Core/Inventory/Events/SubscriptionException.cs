namespace Anyvisor.Core.Inventory.Events;

/// <summary>Why a subscription can't go on.</summary>
public enum SubscriptionEnd : byte
{
    /// <summary>The subscriber read too slowly and was cut off; it can resume from <see cref="SubscriptionException.Position"/>.</summary>
    TooSlow,

    /// <summary>The position asked for is older than what is kept: read the lists anew, then subscribe without one.</summary>
    Expired,
}

/// <summary>A subscriber was cut off, or can't resume where it asks to.</summary>
/// <param name="end">Why.</param>
/// <param name="position">The sequence of the last event that it got or asked for.</param>
/// <param name="oldest">The oldest sequence that is still kept.</param>
public sealed class SubscriptionException(SubscriptionEnd end, long position, long oldest)
    : Exception(
        end == SubscriptionEnd.TooSlow
            ? $"This subscriber was too slow and has been cut off after event {position}. Subscribe again from there."
            : $"Events after {position} are no longer kept; the oldest is {oldest}. Read the lists again, then subscribe without a position."
    )
{
    public SubscriptionEnd End { get; } = end;

    public long Position { get; } = position;

    public long Oldest { get; } = oldest;
}
