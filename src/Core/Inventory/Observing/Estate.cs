using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Core.Inventory.Records;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>What the writers write to.</summary>
internal sealed class Estate(InventoryOptions options, TimeProvider time, UnmappedWords words)
{
    internal InventoryOptions Options { get; } = options;

    internal TimeProvider Time { get; } = time;

    internal GuestTable Guests { get; } = new();

    internal RecordTables Records { get; } = new();

    internal ChangeLog Changes { get; } = new();

    internal UnmappedWords Words { get; } = words;

    internal NativeHashes Natives { get; } = new();

    internal OwnTags Tags { get; init; } = new(null);

    internal DateTime Now => Time.GetUtcNow().UtcDateTime;
}
