using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>
/// A guest as a row of bytes: a fifth of what its records take, nothing for the garbage collector to follow, and
/// compared by content. What is observed anew all the time without being a change (<see cref="Guest.ObservedAt"/>,
/// <see cref="Guest.Source"/>) is not in it.
/// </summary>
internal static class GuestRow
{
    /// <summary>Rises with every change of the layout; rows of another version in the store are read anew from their provider.</summary>
    internal const byte Version = 1;

    internal static void Write(Guest guest, RowWriter to)
    {
        to.Clear();
        to.Byte(Version);
        to.Unsigned(guest.Id.High);
        to.Unsigned(guest.Id.Low);
        var isUuid = guest.NativeId.TryGetUuid(out var uuid);
        to.Byte(
            (byte)(
                (isUuid ? GuestRowFlags.Uuid : 0)
                | (guest.CreatedAt is null ? 0 : GuestRowFlags.Created)
                | (guest.PresenceSince is null ? 0 : GuestRowFlags.Since)
                | (guest.Service ? GuestRowFlags.Service : 0)
                | (guest.Entitlement is null ? 0 : GuestRowFlags.Entitled)
            )
        );
        if (isUuid)
        {
            Span<byte> bytes = stackalloc byte[16];
            uuid.TryWriteBytes(bytes);
            to.Bytes(bytes);
        }
        else
            to.Text(guest.NativeId.ToString());
        to.Text(guest.Name);
        to.Column(guest.Provider);
        WriteState(guest, to);
        WriteShape(guest, to);
        WriteDevices(guest, to);
        WriteRest(guest, to);
    }

    /// <summary>The second half of the id, without reading the rest.</summary>
    internal static ulong LowOf(ReadOnlySpan<byte> row) => System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(row[9..]);

    /// <summary>The name alone.</summary>
    internal static string NameOf(ReadOnlySpan<byte> row)
    {
        var from = new RowReader(row, null);
        from.Bytes(17);
        SkipNative(ref from, (GuestRowFlags)from.Byte());
        return from.Text()!;
    }

    /// <summary>The UUID that the system knows the guest by, where it has one.</summary>
    internal static Guid? UuidOf(ReadOnlySpan<byte> row) => ((GuestRowFlags)row[17] & GuestRowFlags.Uuid) != 0 ? new Guid(row.Slice(18, 16)) : null;

    internal static Guest Read(ReadOnlySpan<byte> row, Books? books, DateTime observedAt = default, ObservationSource source = default)
    {
        var from = new RowReader(row, books);
        if (from.Byte() != Version)
            throw new InvalidDataException("A stored guest is of another version.");
        var id = new ObjectId(from.Unsigned(), from.Unsigned());
        var flags = (GuestRowFlags)from.Byte();
        var native = (flags & GuestRowFlags.Uuid) != 0 ? new NativeId(new Guid(from.Bytes(16))) : new NativeId(from.Text()!);
        return new Guest
        {
            Id = id,
            NativeId = native,
            ObservedAt = observedAt,
            Source = source,
            Service = (flags & GuestRowFlags.Service) != 0,
            Name = from.Text()!,
            Provider = from.Column()!,
            Host = from.Column(),
            Cluster = from.Column(),
            Project = from.Column(),
            Raw = from.Column()!,
            Kind = (GuestKind)from.Byte(),
            Power = (PowerState)from.Byte(),
            Transition = (Transition)from.Byte(),
            Lifecycle = (Lifecycle)from.Byte(),
            Presence = (Presence)from.Byte(),
            PresenceSince = (flags & GuestRowFlags.Since) != 0 ? Time(ref from) : null,
            Arch = (Architecture)from.Byte(),
            Firmware = (Firmware)from.Byte(),
            Virtualization = (Virtualization)from.Byte(),
            Hypervisor = from.Column(),
            Vcpus = (int)from.Number(),
            Memory = from.Number(),
            CreatedAt = (flags & GuestRowFlags.Created) != 0 ? Time(ref from) : null,
            Os = ReadSystem(ref from),
            Entitlement = (flags & GuestRowFlags.Entitled) != 0 ? ReadEntitlement(ref from) : null,
            Disks = ReadDisks(ref from),
            Nics = ReadNics(ref from),
            Tags = ReadTags(ref from),
            Images = ReadTexts(ref from),
            Description = from.Text(),
            Concerns = ReadConcerns(ref from),
        };
    }

    private static void WriteState(Guest guest, RowWriter to)
    {
        to.Column(guest.Host);
        to.Column(guest.Cluster);
        to.Column(guest.Project);
        to.Column(guest.Raw);
        to.Byte((byte)guest.Kind);
        to.Byte((byte)guest.Power);
        to.Byte((byte)guest.Transition);
        to.Byte((byte)guest.Lifecycle);
        to.Byte((byte)guest.Presence);
        if (guest.PresenceSince is { } since)
            to.Long(since.Ticks);
    }

    private static void WriteShape(Guest guest, RowWriter to)
    {
        to.Byte((byte)guest.Arch);
        to.Byte((byte)guest.Firmware);
        to.Byte((byte)guest.Virtualization);
        to.Column(guest.Hypervisor);
        to.Number(guest.Vcpus);
        to.Number(guest.Memory);
        if (guest.CreatedAt is { } created)
            to.Long(created.Ticks);
        if (to.Books is { } books)
            to.Number(books.Systems.Code(guest.Os));
        else
        {
            to.Byte((byte)guest.Os.Family);
            to.Text(guest.Os.Distribution);
            to.Text(guest.Os.Version);
        }
        if (guest.Entitlement is not { } entitlement)
            return;
        to.Text(entitlement.Units?.ToString(CultureInfo.InvariantCulture));
        to.Byte((byte)(entitlement.Capped is { } capped ? capped ? 2 : 1 : 0));
        to.Text(entitlement.Weight?.ToString(CultureInfo.InvariantCulture));
        to.Byte((byte)entitlement.Mode);
    }

    private static void WriteDevices(Guest guest, RowWriter to)
    {
        to.Number(guest.Disks.IsDefault ? 0 : guest.Disks.Length);
        if (!guest.Disks.IsDefault)
            foreach (var disk in guest.Disks)
            {
                to.Shared(disk.Name);
                to.Shared(disk.Device);
                to.Shared(disk.Bus);
                to.Shared(disk.Format);
                to.Byte((byte)((disk.Capacity is null ? 0 : 1) | (disk.ReadOnly ? 2 : 0) | (disk.Shared ? 4 : 0)));
                if (disk.Capacity is { } capacity)
                    to.Number(capacity);
                to.Text(disk.Source);
                to.Shared(disk.Datastore);
            }
        to.Number(guest.Nics.IsDefault ? 0 : guest.Nics.Length);
        if (!guest.Nics.IsDefault)
            foreach (var nic in guest.Nics)
                NicRow.Write(nic, to);
    }

    private static void WriteRest(Guest guest, RowWriter to)
    {
        if (to.Books is { } books)
            to.Number(guest.Tags.IsEmpty ? 0 : books.Tags.Code(guest.Tags));
        else
        {
            to.Number(guest.Tags.Count);
            foreach (var (key, value) in guest.Tags.OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                to.Text(key);
                to.Text(value);
            }
        }
        to.Number(guest.Images.IsDefault ? 0 : guest.Images.Length);
        if (!guest.Images.IsDefault)
            foreach (var image in guest.Images)
                to.Shared(image);
        to.Text(guest.Description);
        to.Number(guest.Concerns.IsDefault ? 0 : guest.Concerns.Length);
        if (!guest.Concerns.IsDefault)
            foreach (var concern in guest.Concerns)
            {
                to.Shared(concern.Id);
                to.Byte((byte)concern.Severity);
                to.Shared(concern.Label);
                to.Shared(concern.Assessment);
                to.Shared(concern.Remedy);
            }
    }

    private static void SkipNative(ref RowReader from, GuestRowFlags flags)
    {
        if ((flags & GuestRowFlags.Uuid) != 0)
            from.Bytes(16);
        else
            from.SkipText();
    }

    private static DateTime Time(ref RowReader from) => new(from.Long(), DateTimeKind.Utc);

    internal static OperatingSystemInfo ReadSystem(ref RowReader from)
    {
        if (from.Books is { } books)
            return books.Systems[(int)from.Number()]!;
        var system = new OperatingSystemInfo { Family = (OsFamily)from.Byte(), Distribution = from.Text(), Version = from.Text() };
        return system == OperatingSystemInfo.Unknown ? OperatingSystemInfo.Unknown : system;
    }

    private static Entitlement ReadEntitlement(ref RowReader from) =>
        new()
        {
            Units = from.Text() is { } units ? decimal.Parse(units, CultureInfo.InvariantCulture) : null,
            Capped = from.Byte() switch
            {
                0 => null,
                1 => false,
                _ => true,
            },
            Weight = from.Text() is { } weight ? int.Parse(weight, CultureInfo.InvariantCulture) : null,
            Mode = (EntitlementMode)from.Byte(),
        };

    private static ImmutableArray<Disk> ReadDisks(ref RowReader from)
    {
        var disks = new Disk[from.Number()];
        for (var i = 0; i < disks.Length; i++)
        {
            var (name, device, bus, format, flags) = (from.Shared()!, from.Shared()!, from.Shared(), from.Shared(), from.Byte());
            disks[i] = new Disk
            {
                Name = name,
                Device = device,
                Bus = bus,
                Format = format,
                Capacity = (flags & 1) != 0 ? from.Number() : null,
                ReadOnly = (flags & 2) != 0,
                Shared = (flags & 4) != 0,
                Source = from.Text(),
                Datastore = from.Shared(),
            };
        }
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(disks);
    }

    private static ImmutableArray<Nic> ReadNics(ref RowReader from)
    {
        var nics = new Nic[from.Number()];
        for (var i = 0; i < nics.Length; i++)
            nics[i] = NicRow.Read(ref from);
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(nics);
    }

    internal static ImmutableDictionary<string, string> ReadTags(ref RowReader from)
    {
        var count = (int)from.Number();
        if (from.Books is { } books)
            return books.Tags[count] ?? ImmutableDictionary<string, string>.Empty;
        var tags = ImmutableDictionary.CreateBuilder<string, string>();
        for (var i = 0; i < count; i++)
        {
            var key = from.Text()!;
            tags[key] = from.Text()!;
        }
        return tags.ToImmutable();
    }

    private static ImmutableArray<string> ReadTexts(ref RowReader from)
    {
        var texts = new string[from.Number()];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = from.Shared()!;
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(texts);
    }

    private static ImmutableArray<Concern> ReadConcerns(ref RowReader from)
    {
        var concerns = new Concern[from.Number()];
        for (var i = 0; i < concerns.Length; i++)
            concerns[i] = new Concern(from.Shared()!, (ConcernSeverity)from.Byte(), from.Shared()!, from.Shared()!, from.Shared());
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(concerns);
    }
}

/// <summary>What follows in a row that not every guest has.</summary>
[Flags]
internal enum GuestRowFlags : byte
{
    Uuid = 1,
    Created = 2,
    Since = 4,
    Service = 8,
    Entitled = 16,
}
