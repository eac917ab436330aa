using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Watching;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Drivers.VSphere.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

/// <summary>A signed-in line to a vCenter or to an ESXi by itself.</summary>
internal sealed partial class Connection : IProviderConnection
{
    private readonly SoapClient _client;
    private readonly ProviderAddress _address;
    private readonly TimeProvider _time;
    private readonly TaskWatcher _tasks;
    private readonly Watch _watch;

    public Connection(SoapClient client, ProviderAddress address, ProviderAbout about, bool readOnly, TimeProvider time)
    {
        (_client, _address, About, IsReadOnly, _time) = (client, address, about, readOnly, time);
        _tasks = new TaskWatcher(client, time);
        _watch = new Watch(client, address.Provider, time);
        _steps = StepTable.Of(this);
    }

    public ProviderAbout About { get; }

    /// <summary>A free ESXi: its interface shows everything and changes nothing.</summary>
    public bool IsReadOnly { get; }

    internal SoapClient Client => _client;
    internal Estate Estate => _watch.Estate;
    internal Watch Watched => _watch;
    internal TimeProvider Time => _time;
    internal bool IsVCenter => _client.Content.IsVCenter;

    public IAsyncEnumerable<Change> WatchAsync(CancellationToken cancellationToken) => _watch.RunAsync(cancellationToken);

    public void RequestRefresh() => _watch.Refresh();

    public async Task<Guest?> ReadGuestAsync(NativeId guest, CancellationToken cancellationToken) =>
        await ReadAsync(guest, cancellationToken).ConfigureAwait(false) is { IsTemplate: false } record ? Shape(record) : null;

    public async ValueTask DisposeAsync()
    {
        await _tasks.DisposeAsync().ConfigureAwait(false);
        await _client.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The guest of a record, as it is now.</summary>
    internal Guest Shape(GuestRecord record) => new GuestShape(_address.Provider, Estate, _time).Guest(record, ObservationSource.Poll);

    /// <summary>A virtual machine as it is now, with its facts; null when there is none of that identity.</summary>
    internal async Task<GuestRecord?> ReadAsync(NativeId id, CancellationToken cancellationToken)
    {
        if (Estate.Shown(id) is { } known && await ReadAsync(known.Self, cancellationToken).ConfigureAwait(false) is { } record && record.NativeId == id)
        {
            record.Transition = known.Transition;
            return record;
        }
        var self = id.TryGetUuid(out var uuid) ? await FindAsync(uuid, cancellationToken).ConfigureAwait(false) : new MoRef("VirtualMachine", id.ToString());
        return self is { } there && await ReadAsync(there, cancellationToken).ConfigureAwait(false) is { } found && found.NativeId == id ? found : null;
    }

    internal async Task<GuestRecord?> ReadAsync(MoRef self, CancellationToken cancellationToken)
    {
        var record = new GuestRecord(self);
        return await ReadIntoAsync(record, [("VirtualMachine", Paths.OfGuest(_client.Content))], "reading a virtual machine", cancellationToken).ConfigureAwait(false) ? record : null;
    }

    /// <returns>False when there is no such object.</returns>
    internal async Task<bool> ReadIntoAsync(EstateRecord record, (string, string[])[] properties, string what, CancellationToken cancellationToken)
    {
        var sink = new RecordSink(record);
        try
        {
            await _client.RetrieveAsync(new FilterSpec(properties, [record.Self]), sink, what, cancellationToken).ConfigureAwait(false);
            return sink.Found;
        }
        catch (ProviderException e) when (e.NativeCode == VimErrors.NoSuchObject)
        {
            return false;
        }
    }

    /// <summary>A host, from what is watched or, where nothing is yet, from the system.</summary>
    internal async Task<HostRecord?> HostAsync(MoRef self, CancellationToken cancellationToken)
    {
        if (self.IsEmpty)
            return null;
        if (Estate.Find<HostRecord>(self) is { } known)
            return known;
        var record = new HostRecord(self);
        return await ReadIntoAsync(record, [("HostSystem", Paths.OfHost)], "reading a host", cancellationToken).ConfigureAwait(false) ? record : null;
    }

    /// <summary>The virtual machine of an instance UUID.</summary>
    internal Task<MoRef?> FindAsync(Guid instanceUuid, CancellationToken cancellationToken) =>
        _client.CallAsync(SoapCall.Read("FindByUuid", _client.Content.SearchIndex, "looking for a virtual machine", writer =>
        {
            writer.Text("uuid", instanceUuid.ToString("D"));
            writer.Flag("vmSearch", true);
            writer.Flag("instanceUuid", true);
        }), Properties.ReadOptionalRef, cancellationToken);

    /// <summary>The guest as it is now, if the verb can be done to it.</summary>
    /// <exception cref="ProviderException">It is gone, or its state does not allow it.</exception>
    internal async Task<GuestRecord> RequireAsync(Verb verb, Guest guest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var now = await ReadAsync(guest.NativeId, cancellationToken).ConfigureAwait(false) ?? throw NoSuchGuest(guest.Name);
        if (Judge(verb, Shape(now), now) is { Allowed: false } refused)
            throw new ProviderException(refused.Level is ActionLevel.None or ActionLevel.ReadOnly ? ProviderError.NotCapable : ProviderError.Conflict, $"'{now.Name}': {refused.Reason!.Text}")
            {
                NativeCode = refused.Reason.Code,
            };
        return now;
    }

    /// <summary>Begins a task of the system, and waits for it.</summary>
    /// <param name="call">Returns the task.</param>
    /// <param name="on">The guest it works on, which is shown so; empty for none.</param>
    /// <param name="transition">In the words of the model.</param>
    /// <param name="progress">Takes its progress, 0 to 1.</param>
    /// <param name="cancellationToken">When it fires, the system is asked to cancel the task too.</param>
    internal async Task<TaskRecord> RunAsync(SoapCall call, MoRef on, Transition transition, Action<double>? progress, CancellationToken cancellationToken)
    {
        try
        {
            if (!on.IsEmpty)
                _watch.Note(on, transition);
            var task = await _client.CallAsync(call, Properties.ReadRef, cancellationToken).ConfigureAwait(false);
            return await FollowAsync(task, call.What, progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!on.IsEmpty)
            {
                _watch.Note(on, Transition.None);
                _watch.Poke(on);
            }
        }
    }

    internal async Task<TaskRecord> FollowAsync(MoRef task, string what, Action<double>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var ended = await _tasks.WaitAsync(task, what, progress, cancellationToken).ConfigureAwait(false);
            return ended.State == "success" ? ended : throw VimErrors.Explain(ended.Error ?? new VimFault("", "", ""), what, _client.Where);
        }
        catch (OperationCanceledException)
        {
            await CancelAsync(task).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until a task has ended, well or not.</summary>
    internal Task<TaskRecord> EndAsync(MoRef task, Action<double>? progress, CancellationToken cancellationToken) => _tasks.WaitAsync(task, "waiting for a task", progress, cancellationToken);

    internal ProviderException NoSuchGuest(string name) =>
        new(ProviderError.NotFound, $"{_client.Where} has no virtual machine '{name}' any more.") { NativeCode = VimErrors.NoSuchObject };

    private async Task CancelAsync(MoRef task)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
        try
        {
            await _client.CallAsync(new SoapCall("CancelTask", task, "cancelling a task"), patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ProviderException or OperationCanceledException)
        {
            // It can't be cancelled, or has ended: the watch shows what became of it.
        }
    }
}
