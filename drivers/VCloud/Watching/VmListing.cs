using System.Collections.Immutable;
using Anyvisor.Drivers.VCloud.Inventory;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud.Watching;

/// <summary>Reads vApps with their virtual machines, and the places that they are in.</summary>
internal sealed class VmListing(VcdClient client, VmReader reader, Estate estate, string provider)
{
    private const int InFlight = 6;

    /// <summary>The addresses of all vApps.</summary>
    public async Task<List<string>> VAppsAsync(CancellationToken cancellationToken) =>
        [.. (await client.QueryAsync("vApp", null, cancellationToken).ConfigureAwait(false)).Select(record => record.Attr("href")).OfType<string>().Select(VcdClient.Path)];

    public async Task<List<VmDraft>> AllAsync(CancellationToken cancellationToken)
    {
        var all = new System.Collections.Concurrent.ConcurrentBag<VmDraft>();
        await Parallel.ForEachAsync(await VAppsAsync(cancellationToken).ConfigureAwait(false), new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = cancellationToken }, async (path, token) =>
        {
            foreach (var draft in await OfAsync(path, token).ConfigureAwait(false))
                all.Add(draft);
        }).ConfigureAwait(false);
        return [.. all.DistinctBy(draft => draft.Guest.NativeId).OrderBy(draft => draft.Guest.Name, StringComparer.Ordinal)];
    }

    /// <summary>The machines of one vApp, with their tags; none when it is gone.</summary>
    public async Task<List<VmDraft>> OfAsync(string vapp, CancellationToken cancellationToken)
    {
        if (await client.FindAsync(vapp, "reading a vApp", cancellationToken).ConfigureAwait(false) is not { } document)
            return [];
        var drafts = new List<VmDraft>();
        foreach (var draft in reader.Read(document, estate.VdcName, estate.OrgName))
        {
            var metadata = Metadata.Read(await client.FindAsync($"{draft.Facts.Path}/metadata", "reading metadata", cancellationToken).ConfigureAwait(false));
            drafts.Add(draft with { Guest = draft.Guest with { Tags = Tags(draft.Facts, draft.Guest.Name, metadata) }, Snapshot = Named(draft.Snapshot, metadata) });
        }
        return drafts;
    }

    /// <summary>Virtual datacenters, templates, networks and storage profiles.</summary>
    public async Task LearnPlacesAsync(PlaceReader places, CancellationToken cancellationToken)
    {
        var vdcs = ImmutableArray.CreateBuilder<VdcDraft>();
        foreach (var record in await client.QueryAsync("orgVdc", null, cancellationToken).ConfigureAwait(false))
            if (record.Attr("href") is { } href && await client.FindAsync(VcdClient.Path(href), "reading a virtual datacenter", cancellationToken).ConfigureAwait(false) is { } document && places.Vdc(document, record.Attr("orgName") ?? client.Org) is { } vdc)
                vdcs.Add(vdc);
        estate.Vdcs = vdcs.ToImmutable();
        estate.Templates = [.. (await client.QueryAsync("vAppTemplate", null, cancellationToken).ConfigureAwait(false)).Select(places.Template).OfType<TemplateDraft>()];
        estate.Networks = [.. (await client.QueryAsync("orgVdcNetwork", null, cancellationToken).ConfigureAwait(false)).Select(places.Network).OfType<NetworkDraft>()];
        estate.Storage = [.. (await client.QueryAsync("orgVdcStorageProfile", null, cancellationToken).ConfigureAwait(false)).Select(places.Storage).OfType<Datastore>()];
    }

    /// <summary>There is at most one: its identity is the machine's.</summary>
    public static NativeId SnapshotId(VmDraft draft) => new($"snapshot-{draft.Facts.Uuid:D}");

    public Snapshot? Snapshot(VmDraft draft) =>
        draft.Snapshot is not { } taken
            ? null
            : new Snapshot
            {
                Id = ObjectId.Derive(ObjectKind.Snapshot, provider, SnapshotId(draft)),
                NativeId = SnapshotId(draft),
                Name = taken.Name ?? "snapshot",
                Provider = provider,
                Guest = draft.Guest.Id,
                Current = true,
                Consistency = taken.PoweredOn ? SnapshotConsistency.Memory : SnapshotConsistency.Crash,
                Power = taken.PoweredOn ? PowerState.On : PowerState.Off,
                Description = taken.Description,
                CreatedAt = taken.CreatedAt,
                ObservedAt = draft.Guest.ObservedAt,
            };

    private static SnapshotDraft? Named(SnapshotDraft? snapshot, ImmutableDictionary<string, string> metadata) =>
        snapshot is null ? null : snapshot with { Name = metadata.GetValueOrDefault(Metadata.Snapshot), Description = metadata.GetValueOrDefault(Metadata.SnapshotDescription) };

    private static ImmutableDictionary<string, string> Tags(VmFacts facts, string name, ImmutableDictionary<string, string> metadata)
    {
        var tags = metadata.RemoveRange(metadata.Keys.Where(Metadata.IsOurs));
        return facts.VAppName == name || facts.VAppName.Length == 0 ? tags : tags.SetItem(Metadata.VApp, facts.VAppName);
    }
}
