using Anyvisor.Core.Inventory.Observing;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>What a guest's row in memory says in the columns, read from the row itself: no record and no text is made.</summary>
internal readonly ref struct GuestCells
{
    internal ObjectId Id { get; private init; }

    /// <summary>The system's own identity, where that is a UUID.</summary>
    internal Guid? Uuid { get; private init; }

    /// <summary>The name in UTF-8, as it is spelled.</summary>
    internal ReadOnlySpan<byte> Name { get; private init; }

    internal int Provider { get; private init; }

    internal int Host { get; private init; }

    internal int Cluster { get; private init; }

    internal int Project { get; private init; }

    internal int Raw { get; private init; }

    internal int Hypervisor { get; private init; }

    internal int System { get; private init; }

    internal int Tags { get; private init; }

    internal int Vcpus { get; private init; }

    internal long Memory { get; private init; }

    /// <summary>Ticks; 0 for unknown.</summary>
    internal long CreatedAt { get; private init; }

    /// <summary>Kind, power, transition, lifecycle and presence, in the order of <see cref="WordColumn"/>.</summary>
    internal ReadOnlySpan<byte> State { get; private init; }

    /// <summary>Architecture, firmware and virtualization, in the order of <see cref="WordColumn"/>.</summary>
    internal ReadOnlySpan<byte> Shape { get; private init; }

    internal bool Service { get; private init; }

    internal bool SecondView { get; private init; }

    /// <summary>Whether the guest has concerns of ours.</summary>
    internal bool Marked { get; private init; }

    internal Presence Presence => (Presence)State[(int)WordColumn.Presence];

    /// <param name="row">As <see cref="GuestRow.Write"/> made it with the same books.</param>
    /// <param name="books">What its codes stand for.</param>
    internal static GuestCells Of(ReadOnlySpan<byte> row, Books books)
    {
        var from = new RowReader(row, books);
        _ = from.Byte();
        var id = new ObjectId(from.Unsigned(), from.Unsigned());
        var flags = (GuestRowFlags)from.Byte();
        Guid? uuid = null;
        if ((flags & GuestRowFlags.Uuid) != 0)
            uuid = new Guid(from.Bytes(16));
        else
            from.SkipText();
        var name = from.TextBytes();
        var (provider, host, cluster, project, raw) = (from.Code(), from.Code(), from.Code(), from.Code(), from.Code());
        var state = from.Bytes(5);
        if ((flags & GuestRowFlags.Since) != 0)
            _ = from.Long();
        var shape = from.Bytes(3);
        var (hypervisor, vcpus, memory) = (from.Code(), (int)from.Number(), from.Number());
        var created = (flags & GuestRowFlags.Created) != 0 ? from.Long() : 0;
        var system = from.Code();
        if ((flags & GuestRowFlags.Entitled) != 0)
            SkipEntitlement(ref from);
        SkipDevices(ref from);
        var tags = from.Code();
        for (var images = from.Number(); images > 0; images--)
            _ = from.Code();
        from.SkipText();
        var (second, marked) = Concerns(ref from, books);
        return new GuestCells
        {
            Id = id,
            Uuid = uuid,
            Name = name,
            Provider = provider,
            Host = host,
            Cluster = cluster,
            Project = project,
            Raw = raw,
            Hypervisor = hypervisor,
            System = system,
            Tags = tags,
            Vcpus = vcpus,
            Memory = memory,
            CreatedAt = created,
            State = state,
            Shape = shape,
            Service = (flags & GuestRowFlags.Service) != 0,
            SecondView = second,
            Marked = marked,
        };
    }

    private static void SkipEntitlement(ref RowReader from)
    {
        from.SkipText();
        _ = from.Byte();
        from.SkipText();
        _ = from.Byte();
    }

    private static void SkipDevices(ref RowReader from)
    {
        for (var disks = from.Number(); disks > 0; disks--)
        {
            for (var text = 0; text < 4; text++)
                _ = from.Code();
            if ((from.Byte() & 1) != 0)
                _ = from.Number();
            from.SkipText();
            _ = from.Code();
        }
        for (var nics = from.Number(); nics > 0; nics--)
            NicRow.Skip(ref from);
    }

    private static (bool Second, bool Marked) Concerns(ref RowReader from, Books books)
    {
        var (second, marked) = (false, false);
        for (var concerns = from.Number(); concerns > 0; concerns--)
        {
            var id = books.Details[from.Code()];
            second |= id == InventoryConcerns.SecondView;
            marked |= id?.StartsWith(InventoryConcerns.Prefix, StringComparison.Ordinal) == true;
            _ = from.Byte();
            for (var text = 0; text < 3; text++)
                _ = from.Code();
        }
        return (second, marked);
    }
}
