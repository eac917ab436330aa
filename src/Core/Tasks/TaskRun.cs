using System.Diagnostics.CodeAnalysis;
using Anyvisor.Core.Access;
using Anyvisor.Core.Store;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>
/// A task that has not ended, in memory. What matters is in the journal before anybody sees it; log lines and progress
/// are seen at once and written with the next step.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Neither holds a handle, and one who cancels late may still touch them.")]
internal sealed class TaskRun
{
    private const int MaxLogLines = 500;
    private const int MaxLogLine = 1000;
    private readonly TaskJournal _journal;
    private readonly Action<TaskInfo> _publish;
    private readonly Action<TaskRun> _retire;
    private readonly TimeProvider _time;
    private readonly TaskEngineOptions _options;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource<TaskInfo> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskEntry _entry;
    private TaskEntry _saved;
    private long _lastPublished;
    private int _launched;

    /// <param name="entry">As it is in the journal.</param>
    /// <param name="resumed">See <see cref="Resumed"/>.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="journal">Where it is written down.</param>
    /// <param name="publish">Tells the world how far it is.</param>
    /// <param name="retire">Called once, when its end is written down and before anybody is told.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">Pauses.</param>
    public TaskRun(
        TaskEntry entry,
        bool resumed,
        ITaskKind kind,
        TaskJournal journal,
        Action<TaskInfo> publish,
        Action<TaskRun> retire,
        TimeProvider time,
        TaskEngineOptions options
    )
    {
        (_entry, _saved, Resumed, Kind) = (entry, entry, resumed, kind);
        (_journal, _publish, _retire, _time, _options) = (journal, publish, retire, time, options);
        _lastPublished = time.GetTimestamp();
        if (entry.Info.State == TaskState.Cancelling)
            _cancel.Cancel();
    }

    public string Id => _entry.Order.Id;
    public ITaskKind Kind { get; }

    /// <summary>Whether an earlier process wrote it down.</summary>
    public bool Resumed { get; }

    public TaskEntry Entry
    {
        get
        {
            lock (_gate)
                return _entry;
        }
    }

    public TaskInfo Current => Entry.Info;

    /// <summary>Signalled when somebody asked for the task's end.</summary>
    public CancellationToken Cancelled => _cancel.Token;

    public Task<TaskInfo> Ended => _ended.Task;

    /// <summary>True for one caller: who launches it.</summary>
    public bool TryLaunch() => Interlocked.Exchange(ref _launched, 1) == 0;

    /// <summary>
    /// Writes the change down and then shows it. Waits out a full disk or a failing one: a task that can't be written
    /// down stands still rather than going on unrecorded.
    /// </summary>
    public async Task CommitAsync(Func<TaskEntry, TaskEntry> change, AuditEntry? audit, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromTicks(Math.Min(TimeSpan.FromMilliseconds(250).Ticks, _options.LongestPause.Ticks));
        while (true)
        {
            try
            {
                await CommitOnceAsync(change, audit, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (StoreException e) when (e.Fault is StoreFault.Full or StoreFault.Io or StoreFault.Busy)
            {
                _journal.ReportStandstill(Id, e);
                await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _options.LongestPause.Ticks));
            }
        }
    }

    public Task CommitAsync(Func<TaskInfo, TaskInfo> change, CancellationToken cancellationToken) =>
        CommitAsync(entry => entry with { Info = change(entry.Info) }, null, cancellationToken);

    /// <summary>Asks for the task's end: durable when it returns, however far the task is.</summary>
    /// <returns>False when it has ended, or can only go forward.</returns>
    public async Task<bool> RequestCancelAsync(CancellationToken cancellationToken)
    {
        await CommitOnceAsync(
                entry =>
                    Cancels(entry) ? entry with { Info = entry.Info with { State = TaskState.Cancelling } } : entry,
                null,
                cancellationToken
            )
            .ConfigureAwait(false);
        if (Current.State != TaskState.Cancelling)
            return false;
        await _cancel.CancelAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>Whether a task that is so far can still be asked to turn back.</summary>
    public static bool Cancels(TaskEntry entry) =>
        entry.Info.State is TaskState.Queued or TaskState.Running && !entry.PastReturn && !entry.Undoing;

    public void AddLog(string text)
    {
        text = _entry.Order.Scrub(text);
        if (text.Length > MaxLogLine)
            text = string.Concat(text.AsSpan(0, MaxLogLine), "…");
        lock (_gate)
        {
            var log = _entry.Info.Log;
            if (log.Length > MaxLogLines || _entry.Info.Ended)
                return;
            if (log.Length == MaxLogLines)
                text = $"The log is full at {MaxLogLines} lines: what follows is left out.";
            var line = new TaskLogLine(_time.GetUtcNow().UtcDateTime, text);
            _entry = _entry with { Info = _entry.Info with { Log = log.Add(line) } };
        }
        PublishSometimes();
    }

    public void ReportProgress(int step, double value)
    {
        if (double.IsNaN(value))
            return;
        lock (_gate)
        {
            if (_entry.Info.Ended || _entry.Info.Steps[step].State != TaskStepState.Running)
                return;
            // Never backward: a step that is tried again would make people think that work was lost.
            var progress = Math.Max(_entry.Info.Progress, _entry.ProgressOf(_entry.Info, Math.Clamp(value, 0, 1)));
            _entry = _entry with { Info = _entry.Info with { Progress = progress } };
        }
        PublishSometimes();
    }

    /// <summary>Tells whoever waits that this process will not end it.</summary>
    public void Abandon() => _ended.TrySetCanceled();

    private async Task CommitOnceAsync(Func<TaskEntry, TaskEntry> change, AuditEntry? audit, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var next = change(Entry);
            await _journal.SaveAsync(_saved, next, audit, cancellationToken).ConfigureAwait(false);
            _saved = next;
            // Who hears of the end may ask for the next thing at once: nothing of this task may be in its way.
            if (next.Info.Ended)
                _retire(this);
            lock (_gate)
                // Lines and progress may have come in meanwhile: the change is made again on top of them.
                _entry = change(_entry);
        }
        finally
        {
            _writing.Release();
        }
        Publish();
        if (Current is { Ended: true } ended)
            _ended.TrySetResult(ended);
    }

    private void PublishSometimes()
    {
        var last = Interlocked.Read(ref _lastPublished);
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(last, now) >= _options.ProgressInterval && Interlocked.CompareExchange(ref _lastPublished, now, last) == last)
            _publish(Current);
    }

    private void Publish()
    {
        Interlocked.Exchange(ref _lastPublished, _time.GetTimestamp());
        _publish(Current);
    }
}
