using System.Collections.Immutable;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Watching;

/// <summary>Lists a guest's snapshots. libvirt tells no event of them, so they are listed whenever the guest is looked at.</summary>
internal sealed class SnapshotLister(LibvirtClient client, string provider, GuestFactory factory, TimeProvider time)
{
    /// <param name="guest">Whose.</param>
    /// <param name="before">What was known; its descriptions are kept when <paramref name="again"/> is false.</param>
    /// <param name="again">Whether to read every description again.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    public async Task<ImmutableArray<Snapshot>> ListAsync(DomainRef guest, ImmutableArray<Snapshot> before, bool again, CancellationToken cancellationToken)
    {
        SnapshotRef[] listed;
        try
        {
            listed = await client.DomainListAllSnapshotsAsync(guest, 0, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.IsNotImplemented || e.Code is LibvirtErrorCode.OperationUnsupported or LibvirtErrorCode.ArgumentUnsupported)
        {
            return [];
        }
        if (listed.Length == 0)
            return [];
        var current = await CurrentAsync(guest, cancellationToken).ConfigureAwait(false);
        var known = before.ToDictionary(s => s.Name);
        var snapshots = await Task.WhenAll(listed.Select(s => MakeAsync(guest, s, current, again ? null : known.GetValueOrDefault(s.Name), cancellationToken)))
            .ConfigureAwait(false);
        return [.. snapshots.OfType<Snapshot>().OrderBy(s => s.CreatedAt).ThenBy(s => s.Name, StringComparer.Ordinal)];
    }

    public static NativeId Native(DomainRef guest, string name) => new($"{GuestFactory.Native(guest)}/{name}");

    private async Task<Snapshot?> MakeAsync(DomainRef guest, SnapshotRef snapshot, string? current, Snapshot? known, CancellationToken cancellationToken)
    {
        var isCurrent = snapshot.Name == current;
        if (known is not null)
            return known.Current == isCurrent ? known : known with { Current = isCurrent };
        try
        {
            var description = SnapshotDescription.Read(await client.DomainSnapshotGetXmlDescAsync(snapshot, 0, cancellationToken).ConfigureAwait(false), snapshot.Name);
            var native = Native(guest, snapshot.Name);
            return new Snapshot
            {
                Id = ObjectId.Derive(ObjectKind.Snapshot, provider, native),
                NativeId = native,
                Name = snapshot.Name,
                Provider = provider,
                Guest = factory.Id(guest),
                Parent = description.Parent,
                Current = isCurrent,
                Consistency = description.Consistency,
                Power = description.Power,
                Description = description.Description,
                CreatedAt = description.CreatedAt,
                ObservedAt = time.GetUtcNow().UtcDateTime,
            };
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomainSnapshot)
        {
            return null;
        }
    }

    private async Task<string?> CurrentAsync(DomainRef guest, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.DomainSnapshotCurrentAsync(guest, 0, cancellationToken).ConfigureAwait(false)).Name;
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomainSnapshot)
        {
            return null;
        }
    }
}
