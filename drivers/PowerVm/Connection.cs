using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Drivers.PowerVm.Watching;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

/// <summary>A signed-in line to a management console.</summary>
internal sealed partial class Connection : IProviderConnection
{
    private const int Edits = 4;

    private readonly HmcClient _client;
    private readonly HmcJobs _jobs;
    private readonly ProviderAddress _address;
    private readonly Readers _readers;
    private readonly Estate _estate = new();
    private readonly Watch _watch;
    private readonly TimeProvider _time;

    public Connection(HmcClient client, ProviderAddress address, ProviderAbout about, TimeProvider time)
    {
        (_client, _address, About, _time) = (client, address, about, time);
        _jobs = new HmcJobs(client, time);
        _readers = new Readers(address.Provider, time);
        _watch = new Watch(client, _jobs, _readers, _estate, Plugin.Relist(address.Settings), time);
        _steps = Steps.StepTable.Of(this);
    }

    public ProviderAbout About { get; }

    public IAsyncEnumerable<Change> WatchAsync(CancellationToken cancellationToken) => _watch.RunAsync(cancellationToken);

    public void RequestRefresh() => _watch.Refresh();

    public async Task<Guest?> ReadGuestAsync(NativeId guest, CancellationToken cancellationToken) =>
        await ReadAsync(guest, cancellationToken).ConfigureAwait(false) is { } draft ? _estate.Complete(draft) : null;

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    internal Estate Estate => _estate;
    internal HmcClient Client => _client;
    internal HmcJobs Jobs => _jobs;
    internal Watch Watched => _watch;
    internal TimeProvider Time => _time;

    /// <summary>A partition as it is now; null when there is none.</summary>
    internal async Task<PartitionDraft?> ReadAsync(NativeId id, CancellationToken cancellationToken)
    {
        if (!id.TryGetUuid(out var uuid))
            return null;
        var known = _estate.Partition(id)?.Facts;
        var what = $"reading the partition {id}";
        if (_estate.Systems.Count == 0)
            foreach (var system in await _client.JsonAsync("uom/ManagedSystem/quick/All", "listing the systems", _readers.Systems.ReadQuick, cancellationToken).ConfigureAwait(false))
                _estate.Note(system);
        var found = await _client.FindAsync($"{known?.Path ?? $"uom/LogicalPartition/{PartitionFacts.Address(uuid)}"}?group=None", what, cancellationToken).ConfigureAwait(false);
        if (found is null && known is null)
            found = await _client.FindAsync($"uom/VirtualIOServer/{PartitionFacts.Address(uuid)}?group=None", what, cancellationToken).ConfigureAwait(false);
        if (found is null)
            return null;
        var draft = _readers.Partitions.Read(found, null, _estate.SystemName, ObservationSource.Poll);
        _estate.Note(draft);
        if (!_estate.HasNics(uuid))
            _estate.NoteNics(uuid, await _watch.Listings.NicsAsync(draft.Facts, cancellationToken).ConfigureAwait(false));
        return draft;
    }

    /// <summary>The partition as it is now, if the verb can be done to it.</summary>
    /// <exception cref="ProviderException">It is gone, or its state does not allow it.</exception>
    internal async Task<PartitionDraft> RequireAsync(Verb verb, Guest guest, CancellationToken cancellationToken)
    {
        var now = await ReadAsync(guest.NativeId, cancellationToken).ConfigureAwait(false) ?? throw NoSuchGuest(guest.Name);
        if (Judge(verb, now.Guest) is { Allowed: false } refused)
            throw new ProviderException(refused.Level == ActionLevel.None ? ProviderError.NotCapable : ProviderError.Conflict, $"'{now.Guest.Name}': {refused.Reason!.Text}")
            {
                NativeCode = refused.Reason.Code,
            };
        return now;
    }

    /// <summary>
    /// Changes an object of the console: reads it, edits it in place, in its own order, and sends it back; anew when
    /// somebody else was faster.
    /// </summary>
    /// <param name="path">With the group that is read and written.</param>
    /// <param name="type">The object's.</param>
    /// <param name="what">For errors.</param>
    /// <param name="edit">Says whether there is anything to send.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    internal async Task EditAsync(string path, string type, string what, Func<XElement, bool> edit, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var found = await _client.FindAsync(path, what, cancellationToken).ConfigureAwait(false)
                ?? throw new ProviderException(ProviderError.NotFound, $"The console has it no more: {what}") { NativeCode = HmcErrors.NoSuchObject };
            if (!edit(found.Content))
                return;
            var request = HmcRequest.Uom(HttpMethod.Post, path, type, found.Content.ToString(SaveOptions.DisableFormatting), what) with { IfMatch = found.Etag };
            try
            {
                _ = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ProviderException e) when (e.NativeCode == HmcErrors.Stale && attempt < Edits)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20 << attempt), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    internal ProviderException NoSuchGuest(string name) =>
        new(ProviderError.NotFound, $"{_client.Root.Authority} has no partition '{name}' any more.") { NativeCode = HmcErrors.NoSuchObject };
}
