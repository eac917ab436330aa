using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Driver.Watching;

/// <summary>One observation of a provider, in the order in which it was made. A closed set.</summary>
public abstract record Change
{
    private protected Change() { }
}

/// <summary>A full listing begins. What it does not show until <see cref="SnapshotComplete"/> is gone.</summary>
/// <param name="Kinds">The kinds of object that it will show in full; the others are left as they are.</param>
public sealed record SnapshotBegin(ImmutableArray<ObjectKind> Kinds) : Change;

/// <summary>The listing is whole. A listing that broke off has no such end and makes nothing missing.</summary>
public sealed record SnapshotComplete : Change;

/// <summary>An object as the system shows it. The driver leaves presence, project and our own fields alone.</summary>
/// <param name="Object">The whole object.</param>
/// <param name="Native">What the system says beyond the common model, as UTF-8 JSON; empty where nothing changed there or nothing is known.</param>
public sealed record Seen(IInventoryObject Object, ReadOnlyMemory<byte> Native = default) : Change;

/// <summary>A guest's state, without the rest of it: what polls and events of busy systems mostly say.</summary>
public sealed record GuestStateSeen(
    NativeId Guest,
    PowerState Power,
    Transition Transition,
    string Raw,
    ObservationSource Source,
    DateTime ObservedAt
) : Change;

/// <summary>The system says that an object is gone: an event, not a listing's silence.</summary>
public sealed record Gone(ObjectKind Kind, NativeId NativeId) : Change;

/// <summary>Something that the system tells and that changes no field of ours: a watchdog, an I/O error, an alarm.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="NativeId">Which; null for the provider as a whole.</param>
/// <param name="Text">The system's words.</param>
public sealed record Notice(ObjectKind Kind, NativeId? NativeId, string Text) : Change;

/// <summary>The system answered; nothing changed. Sent at least every five seconds while all is well: it keeps what is shown fresh.</summary>
public sealed record Heartbeat : Change;
