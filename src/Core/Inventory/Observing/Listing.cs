using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>A full listing under way.</summary>
internal sealed class Listing(byte generation, ImmutableArray<ObjectKind> kinds)
{
    /// <summary>Marks what it showed.</summary>
    internal byte Generation { get; } = generation;

    internal ImmutableArray<ObjectKind> Kinds { get; } = kinds;

    /// <summary>
    /// What an event said is gone while the listing was under way, and when: a page that was read before may still
    /// show it.
    /// </summary>
    internal Dictionary<ObjectId, DateTime> Gone { get; } = [];

    /// <summary>Guests that it showed more than once, as different ones.</summary>
    internal HashSet<ObjectId> Twice { get; } = [];

    /// <summary>Of guests that earlier listings showed twice: the one that is not shown, seen before the other.</summary>
    internal Dictionary<ObjectId, Guest> Deferred { get; } = [];
}
