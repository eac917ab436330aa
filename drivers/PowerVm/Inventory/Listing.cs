using System.Collections.Immutable;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>All that the console shows, but for the adapters of partitions that have to be asked for them.</summary>
/// <param name="Kinds">What it shows in full: a kind of which a part could not be read is not among them.</param>
/// <param name="Places">Everything that is no guest.</param>
/// <param name="Partitions">The guests, those of systems that can't be asked now as they were last seen.</param>
/// <param name="Connected">The partitions whose adapters are known already.</param>
internal sealed record Listing(ImmutableArray<ObjectKind> Kinds, ImmutableArray<Seen> Places, ImmutableArray<PartitionDraft> Partitions, IReadOnlySet<Guid> Connected);
