using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Buffers.Binary;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Watching;

/// <summary>
/// The guests as they were last seen, and the looks that keep them so. Reading is for any thread; only the watch
/// replaces what is held.
/// </summary>
internal sealed class GuestSet(LibvirtClient client, GuestFactory factory, TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, KnownGuest> _guests = new();
    private readonly ConcurrentDictionary<Guid, GuestSurroundings> _surroundings = new();
    private volatile VolumeIndex _volumes = VolumeIndex.Empty;

    public VolumeIndex Volumes
    {
        get => _volumes;
        set => _volumes = value;
    }

    public IReadOnlyCollection<KnownGuest> All => (IReadOnlyCollection<KnownGuest>)_guests.Values;

    public int Count => _guests.Count;

    public KnownGuest? Find(NativeId guest) => Find(GuestFactory.Uuid(guest));

    public KnownGuest? Find(Guid uuid) => _guests.GetValueOrDefault(uuid);

    public void Hold(KnownGuest guest) => _guests[guest.Ref.Uuid] = guest;

    public KnownGuest? Drop(Guid uuid)
    {
        _surroundings.TryRemove(uuid, out _);
        return _guests.TryRemove(uuid, out var gone) ? gone : null;
    }

    public GuestSurroundings Surroundings(Guid uuid) => _surroundings.GetValueOrDefault(uuid, GuestSurroundings.Nothing);

    public void HoldSurroundings(Guid uuid, GuestSurroundings surroundings) => _surroundings[uuid] = surroundings;

    /// <summary>The guest as it is this moment; null when there is none.</summary>
    public async Task<Guest?> ReadAsync(Guid uuid, CancellationToken cancellationToken)
    {
        try
        {
            var guest = await client.DomainLookupByUuidAsync(uuid, cancellationToken).ConfigureAwait(false);
            return (await LookAsync(guest, ObservationSource.Poll, cancellationToken).ConfigureAwait(false)).Known.Guest;
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
        {
            return null;
        }
    }

    /// <summary>Reads one guest whole, its calls on the line together; the XML is null when it could not be had.</summary>
    /// <exception cref="LibvirtException">It is gone, or the line broke.</exception>
    public async Task<(KnownGuest Known, string? Xml)> LookAsync(DomainRef guest, ObservationSource source, CancellationToken cancellationToken)
    {
        var state = client.DomainGetStateAsync(guest, 0, cancellationToken);
        var xml = client.DomainGetXmlDescAsync(guest, 0, cancellationToken);
        var persistent = client.DomainIsPersistentAsync(guest, cancellationToken);
        var saved = guest.Id < 0 ? HasManagedSaveAsync(guest, cancellationToken) : Task.FromResult(false);
        try
        {
            await Task.WhenAll(state, xml, persistent, saved).ConfigureAwait(false);
        }
        catch (LibvirtException) when (xml.Exception?.InnerException is LibvirtException { Failure: LibvirtFailure.Remote, Code: not LibvirtErrorCode.NoDomain } && state.IsCompletedSuccessfully)
        {
            return (Unreadable(guest, await state.ConfigureAwait(false), source), null);
        }
        var (code, reason) = await state.ConfigureAwait(false);
        var look = new GuestLook(guest, code, reason, await saved.ConfigureAwait(false), await persistent.ConfigureAwait(false), source, Now);
        var text = await xml.ConfigureAwait(false);
        return (Make(look, text), text);
    }

    /// <summary>A guest from a look and its XML; an XML that did not change is not parsed again.</summary>
    public KnownGuest Make(GuestLook look, string xml)
    {
        var hash = Hash(xml);
        var before = Find(look.Ref.Uuid);
        var description = before?.Description is { } same && before.XmlHash == hash ? same : DomainReader.Read(xml, look.Ref.Name);
        return Make(look, description) with { XmlHash = hash, XmlReadAt = look.At };
    }

    /// <summary>A guest from a look and what was known of it before.</summary>
    public KnownGuest Make(GuestLook look, DomainDescription? description)
    {
        var before = Find(look.Ref.Uuid);
        return new KnownGuest
        {
            Ref = look.Ref,
            State = look.State,
            Reason = look.Reason,
            ManagedSave = look.ManagedSave,
            Persistent = look.Persistent,
            Description = description,
            XmlHash = before?.XmlHash ?? default,
            XmlReadAt = before?.XmlReadAt ?? default,
            Guest = factory.Make(look, description, Surroundings(look.Ref.Uuid), _volumes),
            Facts = GuestFactory.FactsOf(description, look.Persistent),
            Snapshots = before?.Snapshots ?? [],
        };
    }

    private async Task<bool> HasManagedSaveAsync(DomainRef guest, CancellationToken cancellationToken)
    {
        try
        {
            return await client.DomainHasManagedSaveImageAsync(guest, 0, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.IsNotImplemented)
        {
            return false;
        }
    }

    private KnownGuest Unreadable(DomainRef guest, DomainGetStateResult state, ObservationSource source) =>
        Make(new GuestLook(guest, state.State, state.Reason, false, Find(guest.Uuid)?.Persistent ?? true, source, Now), Find(guest.Uuid)?.Description);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private static UInt128 Hash(string xml)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(xml), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
