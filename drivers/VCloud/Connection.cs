using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.VCloud.Inventory;
using Anyvisor.Drivers.VCloud.Watching;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Drivers.VCloud.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud;

/// <summary>A signed-in line to a Cloud Director.</summary>
internal sealed partial class Connection : IProviderConnection
{
    private readonly VcdClient _client;
    private readonly VcdTasks _tasks;
    private readonly Estate _estate = new();
    private readonly VmListing _machines;
    private readonly PlaceReader _places;
    private readonly Watch _watch;
    private readonly ProviderAddress _address;

    public Connection(VcdClient client, ProviderAddress address, ProviderAbout about, TimeProvider time)
    {
        (_client, _address, About) = (client, address, about);
        _tasks = new VcdTasks(client, time);
        _machines = new VmListing(client, new VmReader(address.Provider, time), _estate, address.Provider);
        _places = new PlaceReader(address.Provider, time, about.Version);
        _watch = new Watch(client, _machines, _places, _estate, Plugin.Poll(address.Settings), time);
        _steps = StepTable.Of(this);
    }

    public ProviderAbout About { get; }

    internal VcdClient Client => _client;
    internal VcdTasks Tasks => _tasks;
    internal Estate Estate => _estate;
    internal Watch Watched => _watch;
    internal VmListing Machines => _machines;

    public IAsyncEnumerable<Change> WatchAsync(CancellationToken cancellationToken) => _watch.RunAsync(cancellationToken);

    public void RequestRefresh() => _watch.Refresh();

    public async Task<Guest?> ReadGuestAsync(NativeId guest, CancellationToken cancellationToken) => (await ReadAsync(guest, cancellationToken).ConfigureAwait(false))?.Guest;

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    /// <summary>A virtual machine as it is now; null when there is none of that identity.</summary>
    internal async Task<VmDraft?> ReadAsync(NativeId id, CancellationToken cancellationToken)
    {
        if (!id.TryGetUuid(out var uuid))
            return null;
        await LearnAsync(cancellationToken).ConfigureAwait(false);
        var vapp = _estate.Machine(id)?.Facts.VAppPath;
        if (vapp is null || await InAsync(vapp, id, cancellationToken).ConfigureAwait(false) is not { } draft)
        {
            var vm = await _client.FindAsync($"api/vApp/vm-{uuid:D}", "reading a virtual machine", cancellationToken).ConfigureAwait(false);
            return vm.Link("up", "vApp+") is { } up ? await InAsync(VcdClient.Path(up), id, cancellationToken).ConfigureAwait(false) : null;
        }
        return draft;
    }

    /// <summary>The guest as it is now, if the verb can be done to it.</summary>
    /// <exception cref="ProviderException">It is gone, or its state does not allow it.</exception>
    internal async Task<VmDraft> RequireAsync(Verb verb, Guest guest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var now = await ReadAsync(guest.NativeId, cancellationToken).ConfigureAwait(false) ?? throw NoSuchGuest(guest.Name);
        if (Judge(verb, now.Guest, now.Facts) is { Allowed: false } refused)
            throw new ProviderException(refused.Level == ActionLevel.None ? ProviderError.NotCapable : ProviderError.Conflict, $"'{now.Guest.Name}': {refused.Reason!.Text}") { NativeCode = refused.Reason.Code };
        return now;
    }

    /// <summary>Plans are made of what the watch has seen; before it has, the places are read once.</summary>
    internal async Task LearnAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_estate.Vdcs.IsEmpty)
            await _machines.LearnPlacesAsync(_places, cancellationToken).ConfigureAwait(false);
    }

    internal ProviderException NoSuchGuest(string name) => new(ProviderError.NotFound, $"{_client.Where} has no virtual machine '{name}' any more.") { NativeCode = "RESOURCE_NOT_FOUND" };

    private async Task<VmDraft?> InAsync(string vapp, NativeId id, CancellationToken cancellationToken) =>
        (await _machines.OfAsync(vapp, cancellationToken).ConfigureAwait(false)).Find(draft => draft.Guest.NativeId == id);
}
