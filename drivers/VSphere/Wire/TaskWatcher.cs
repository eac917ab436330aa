using System.Xml;
using Anyvisor.Driver;
using Anyvisor.Drivers.VSphere.Inventory;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>
/// Waits for the system's tasks: for all of them together, by one collector over one list of those that run. Thread-safe.
/// </summary>
internal sealed class TaskWatcher(SoapClient client, TimeProvider time) : IAsyncDisposable
{
    /// <summary>The task is gone, which says nothing of what it worked on: another code than that of an object that is gone.</summary>
    private const string Forgotten = "TaskForgotten";
    private const int MostFailures = 5;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);
    private static readonly (string, string[])[] Properties = [("Task", [TaskRecord.Info])];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Pending> _pending = [];
    private readonly CancellationTokenSource _stop = new();
    private volatile Line? _line;
    private Task _loop = Task.CompletedTask;

    private sealed record Line(Session Session, MoRef Collector, MoRef View);

    private sealed class Pending(TaskRecord record, Action<double>? progress)
    {
        public TaskRecord Record { get; } = record;
        public TaskCompletionSource<TaskRecord> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Note()
        {
            if (Record.Progress is { } share)
                progress?.Invoke(share);
            if (Record.Ended)
                _ = Done.TrySetResult(Record);
        }
    }

    /// <summary>Until the task has ended, one way or the other.</summary>
    /// <exception cref="ProviderException">With an unknown outcome where the task can't be followed any more.</exception>
    public async Task<TaskRecord> WaitAsync(MoRef task, string what, Action<double>? progress, CancellationToken cancellationToken)
    {
        var record = new TaskRecord(task);
        try
        {
            await client.RetrieveAsync(new FilterSpec(Properties, [task]), new RecordSink(record), what, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e)
        {
            throw new ProviderException(e.Error, $"The task was begun, and can't be looked at: {e.Message}", e) { NativeCode = e.NativeCode == VimErrors.NoSuchObject ? Forgotten : e.NativeCode, OutcomeUnknown = true };
        }
        if (record.Ended)
            return record;
        var pending = new Pending(record, progress);
        lock (_lock)
        {
            _pending[task.Value] = pending;
            if (_loop.IsCompleted)
                _loop = Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);
        }
        try
        {
            await AddAsync(task, cancellationToken).ConfigureAwait(false);
            return await pending.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
                _ = _pending.Remove(task.Value);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task loop;
        lock (_lock)
            loop = _loop;
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>Puts a task on the list that is waited for, if there is one: a list that is made later has it from the start.</summary>
    private async Task AddAsync(MoRef task, CancellationToken cancellationToken)
    {
        if (_line is not { } line)
            return;
        try
        {
            _ = await client.CallInAsync(line.Session, new SoapCall("ModifyListView", line.View, "following a task", writer => writer.Ref("add", task)), static _ => true, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException)
        {
            _line = null; // Whatever it was: the loop makes another list, of all that is waited for.
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var (version, failures) = ("", 0);
        Line? mine = null;
        while (true)
        {
            lock (_lock)
                if (_pending.Count == 0)
                {
                    _loop = Task.CompletedTask;
                    return;
                }
            try
            {
                if (mine is null || _line != mine)
                {
                    mine = await MakeAsync(cancellationToken).ConfigureAwait(false);
                    version = "";
                }
                var set = await client.WaitAsync(mine.Session, mine.Collector, version, new Sink(this), Wait, "following tasks", cancellationToken).ConfigureAwait(false);
                version = set.Version ?? version;
                failures = 0;
            }
            catch (ProviderException) when (failures++ < MostFailures)
            {
                mine = _line = null;
                await Task.Delay(TimeSpan.FromMilliseconds(50 << failures), time, cancellationToken).ConfigureAwait(false);
            }
            catch (ProviderException e)
            {
                Fail(new ProviderException(e.Error, $"The task was begun, and can't be followed any more: {e.Message}", e) { NativeCode = e.NativeCode, OutcomeUnknown = true });
            }
        }
    }

    private async Task<Line> MakeAsync(CancellationToken cancellationToken)
    {
        const string What = "following tasks";
        var session = await client.SessionAsync(cancellationToken).ConfigureAwait(false);
        MoRef[] tasks;
        lock (_lock)
            tasks = [.. _pending.Values.Select(pending => pending.Record.Self)];
        var collector = await client.CallInAsync(session, new SoapCall("CreatePropertyCollector", client.Content.PropertyCollector, What), Wire.Properties.ReadRef, cancellationToken).ConfigureAwait(false);
        var view = await client.CallInAsync(session, new SoapCall("CreateListView", client.Content.ViewManager, What, writer =>
        {
            foreach (var task in tasks)
                writer.Ref("obj", task);
        }), Wire.Properties.ReadRef, cancellationToken).ConfigureAwait(false);
        _ = await client.CreateFilterAsync(session, collector, new FilterSpec(Properties, [], view), What, cancellationToken).ConfigureAwait(false);
        var line = new Line(session, collector, view);
        _line = line;
        // Those that came while it was made, and found none to put themselves on.
        MoRef[] late;
        lock (_lock)
            late = [.. _pending.Values.Select(pending => pending.Record.Self).Except(tasks)];
        foreach (var task in late)
            await AddAsync(task, cancellationToken).ConfigureAwait(false);
        return line;
    }

    private void Fail(ProviderException error)
    {
        lock (_lock)
        {
            foreach (var pending in _pending.Values)
                _ = pending.Done.TrySetException(error);
            _pending.Clear();
        }
    }

    private sealed class Sink(TaskWatcher watcher) : PropertySink
    {
        private readonly Interner _words = new();
        private Pending? _at;

        public override void Begin(MoRef self)
        {
            lock (watcher._lock)
                _at = watcher._pending.GetValueOrDefault(self.Value);
        }

        public override void Set(string path, XmlReader value)
        {
            if (_at is null || !_at.Record.Set(path, value, _words))
                value.Skip();
            _at?.Note();
        }

        public override void Unset(string path) { }

        /// <summary>The system forgets tasks that ended long ago.</summary>
        public override void Leave(MoRef self)
        {
            lock (watcher._lock)
                if (watcher._pending.GetValueOrDefault(self.Value) is { } pending)
                    _ = pending.Done.TrySetException(new ProviderException(ProviderError.ProviderFault, $"{watcher.Where} has forgotten the task {self.Value} before it told how it ended.") { NativeCode = Forgotten, OutcomeUnknown = true });
        }
    }

    private string Where => client.Where;
}
