using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>
/// Some guests of one provider, column by column. One writer, the provider's; each single value is read and written
/// whole, and the row is the truth when columns of one guest were read at different moments.
/// </summary>
internal sealed class GuestChunk
{
    /// <summary>Guests in a full chunk: a slot's number is the chunk's, then the place in it.</summary>
    internal const int Bits = 12;

    internal const int Full = 1 << Bits;
    internal const int Smallest = 64;

    private int _used;

    internal GuestChunk(int number, int capacity, string provider, int providerCode)
    {
        Number = number;
        Provider = provider;
        ProviderCode = providerCode;
        Live = new ulong[capacity / 64];
        Service = new ulong[capacity / 64];
        Second = new ulong[capacity / 64];
        Rows = new byte[]?[capacity];
        High = new ulong[capacity];
        Host = new int[capacity];
        Cluster = new int[capacity];
        Project = new int[capacity];
        Raw = new int[capacity];
        Hypervisor = new int[capacity];
        System = new int[capacity];
        Tags = new int[capacity];
        Vcpus = new int[capacity];
        Memory = new long[capacity];
        CreatedAt = new long[capacity];
        ObservedAt = new long[capacity];
        Words = new byte[WordColumns][];
        for (var i = 0; i < WordColumns; i++)
            Words[i] = new byte[capacity];
        Marks = new (byte, byte)[capacity];
        Marked = new byte[capacity];
    }

    internal const int WordColumns = 9;

    internal int Number { get; }

    internal string Provider { get; }

    internal int ProviderCode { get; }

    internal int Capacity => Rows.Length;

    /// <summary>Places that have ever been taken; those behind are empty.</summary>
    internal int Used => Volatile.Read(ref _used);

    /// <summary>A bit for each place that holds a guest.</summary>
    internal ulong[] Live { get; }

    internal ulong[] Service { get; }

    /// <summary>A bit for each guest that is shown through another provider's view.</summary>
    internal ulong[] Second { get; }

    internal byte[]?[] Rows { get; }

    /// <summary>The first half of the ids.</summary>
    internal ulong[] High { get; }

    internal int[] Host { get; }

    internal int[] Cluster { get; }

    internal int[] Project { get; }

    internal int[] Raw { get; }

    internal int[] Hypervisor { get; }

    internal int[] System { get; }

    internal int[] Tags { get; }

    internal int[] Vcpus { get; }

    internal long[] Memory { get; }

    /// <summary>Ticks; 0 for unknown.</summary>
    internal long[] CreatedAt { get; }

    internal long[] ObservedAt { get; }

    /// <summary>Columns of enums, by <see cref="WordColumn"/>.</summary>
    internal byte[][] Words { get; }

    /// <summary>The listing in which the guest was seen last, and how many in a row have lacked it since. For the writer alone.</summary>
    internal (byte Seen, byte Absences)[] Marks { get; }

    /// <summary>Whether the guest has concerns of ours.</summary>
    internal byte[] Marked { get; }

    internal int SlotOf(int place) => Number << Bits | place;

    /// <summary>The next place that was never used; -1 when the chunk is full.</summary>
    internal int Take() => _used < Capacity ? _used++ : -1;

    internal bool IsLive(int place) => (Volatile.Read(ref Live[place >> 6]) >> place & 1) != 0;

    internal void SetLive(int place, bool live) => SetBit(Live, place, live);

    /// <summary>Fills the columns from a guest's row.</summary>
    internal void Set(int place, in GuestCells cells, byte[] row, DateTime observedAt, ObservationSource source)
    {
        High[place] = cells.Id.High;
        Host[place] = cells.Host;
        Cluster[place] = cells.Cluster;
        Project[place] = cells.Project;
        Raw[place] = cells.Raw;
        Hypervisor[place] = cells.Hypervisor;
        System[place] = cells.System;
        Tags[place] = cells.Tags;
        Vcpus[place] = cells.Vcpus;
        Memory[place] = cells.Memory;
        CreatedAt[place] = cells.CreatedAt;
        for (var word = 0; word < cells.State.Length; word++)
            Words[(int)WordColumn.Kind + word][place] = cells.State[word];
        for (var word = 0; word < cells.Shape.Length; word++)
            Words[(int)WordColumn.Arch + word][place] = cells.Shape[word];
        SetBit(Service, place, cells.Service);
        SetBit(Second, place, cells.SecondView);
        Marked[place] = cells.Marked ? (byte)1 : (byte)0;
        SetObserved(place, observedAt, source);
        Volatile.Write(ref Rows[place], row);
    }

    internal void SetObserved(int place, DateTime at, ObservationSource source)
    {
        ObservedAt[place] = at.Ticks;
        Words[(int)WordColumn.Source][place] = (byte)source;
    }

    internal Guest? Read(int place, Books books) =>
        Volatile.Read(ref Rows[place]) is { } row
            ? GuestRow.Read(row, books, new DateTime(ObservedAt[place], DateTimeKind.Utc), (ObservationSource)Words[(int)WordColumn.Source][place])
            : null;

    private static void SetBit(ulong[] bits, int place, bool value)
    {
        var mask = 1UL << place;
        Volatile.Write(ref bits[place >> 6], value ? bits[place >> 6] | mask : bits[place >> 6] & ~mask);
    }
}

/// <summary>The enums that have a column, in the order in which a row has them.</summary>
internal enum WordColumn : byte
{
    Kind,
    Power,
    Transition,
    Lifecycle,
    Presence,
    Arch,
    Firmware,
    Virtualization,
    Source,
}
