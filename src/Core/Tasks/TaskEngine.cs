using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Core.Access;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Providers.Secrets;
using Anyvisor.Core.Store;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Tasks;

/// <summary>
/// Durable work. A task is in the journal before its asker gets an answer; after a crash at any moment the next start
/// takes it on where it was, or takes back what was half done. Safe for many threads.
/// </summary>
public sealed partial class TaskEngine : IAsyncDisposable
{
    private readonly Database _database;
    private readonly SecretBox _box;
    private readonly TaskJournal _journal;
    private readonly FailPoints _points;
    private readonly TimeProvider _time;
    private readonly TaskEngineOptions _options;
    private readonly Action<TaskInfo> _publish;
    private readonly ILogger _log;
    private readonly TaskLanes _lanes = new();
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, ITaskKind> _kinds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskRun> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _driving = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Actor, string Key), Lazy<Task<TaskInfo>>> _arriving = new();
    private volatile bool _started;

    /// <param name="database">Open.</param>
    /// <param name="audit">Gets a line when a task is accepted or refused, and one when it ends.</param>
    /// <param name="box">Seals the secrets of requests.</param>
    /// <param name="publish">Told a task's state whenever it changed; must return at once.</param>
    /// <param name="points">For tests that kill the process.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">The only clock.</param>
    /// <param name="loggers">For the log.</param>
    public TaskEngine(
        Database database,
        AuditLog audit,
        SecretBox box,
        Action<TaskInfo> publish,
        FailPoints points,
        TaskEngineOptions options,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        (_database, _box, _publish, _points, _options, _time) = (database, box, publish, points, options, time);
        var log = loggers.CreateLogger<TaskEngine>();
        _log = log;
        _journal = new TaskJournal(database, audit, box, options, log);
        _slots = new SemaphoreSlim(options.AtOnce, options.AtOnce);
    }

    /// <summary>Makes a kind of task known: before <see cref="StartAsync"/>.</summary>
    public void Register(ITaskKind kind)
    {
        if (_started || !_kinds.TryAdd(kind.Name, kind))
            throw new InvalidOperationException($"{kind.Name} is registered twice or too late.");
    }

    /// <summary>
    /// Takes on what the process before left: returns when all of it is known and nothing new can get in its way. The
    /// work itself goes on in the background, also while providers are still connecting.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var open = await _journal.OpenAsync(cancellationToken).ConfigureAwait(false);
        foreach (var kind in _kinds.Values)
            kind.Resume([.. open.Where(entry => entry.Order.Kind == kind.Name).Select(entry => entry.Order)]);
        // Those that had begun hold their lanes; those that waited line up behind them in their order.
        foreach (var entry in open.OrderBy(e => e.Info.State == TaskState.Queued))
        {
            var kind = _kinds.GetValueOrDefault(entry.Order.Kind) ?? new UnknownKind(entry.Order.Kind);
            var run = Admit(entry, kind, resumed: true);
            if (_lanes.LineUp(run.Id, entry.Order.Lanes))
                Launch(run);
            LogResumed(_log, run.Id, entry.Order.Kind, entry.Info.State);
        }
        _started = true;
    }

    /// <summary>The task as it is now.</summary>
    /// <exception cref="CommandException">There is none of that id.</exception>
    public async Task<TaskInfo> GetAsync(string id, CancellationToken cancellationToken) =>
        _runs.TryGetValue(id, out var run)
            ? run.Current
            : await _journal.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw ProblemFactory.NotFound("task", id);

    /// <summary>Newest first; without log and items, which <see cref="GetAsync"/> has.</summary>
    public async Task<Page<TaskInfo>> ListAsync(TaskQuery query, CancellationToken cancellationToken)
    {
        if (query.Limit is < 1 or > TaskQuery.MaxLimit)
            throw ProblemFactory.Invalid($"limit is 1 to {TaskQuery.MaxLimit}.");
        var before = long.MaxValue;
        if (query.Cursor is { } cursor && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            throw ProblemFactory.Invalid("The cursor is none of ours: leave it out to begin with the newest task.");
        var (rows, total) = await _journal.PageAsync(query, before, cancellationToken).ConfigureAwait(false);
        var next = rows.Length == query.Limit ? rows[^1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
        return new Page<TaskInfo>([.. rows.Select(row => Freshest(row.Info))], next, total);
    }

    /// <summary>Waits for the task's end. Giving up the wait leaves the task alone.</summary>
    public async Task<TaskInfo> WaitAsync(string id, CancellationToken cancellationToken)
    {
        if (!_runs.TryGetValue(id, out var run))
            return await GetAsync(id, cancellationToken).ConfigureAwait(false);
        return await run.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks for a task's end: at once while it waits, else at the next safe point, undoing what was half done.</summary>
    /// <exception cref="CommandException">It has ended, or has gone too far to turn back.</exception>
    public async Task<TaskInfo> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (!_runs.TryGetValue(id, out var run))
            throw EndedAlready(await GetAsync(id, cancellationToken).ConfigureAwait(false));
        if (!await run.RequestCancelAsync(cancellationToken).ConfigureAwait(false))
            throw CanNotCancel(run.Current);
        // One that still waits for its turn has nothing to undo, and need not wait for it to end.
        Launch(run);
        return run.Current;
    }

    /// <summary>The task that works in the lane now; null when none does.</summary>
    public TaskInfo? WorkingIn(string lane) =>
        _lanes.First(lane) is { } id && _runs.TryGetValue(id, out var run) ? run.Current : null;

    /// <summary>What an open task was asked to do; null once it has ended.</summary>
    internal TaskOrder? OrderOf(string id) => _runs.TryGetValue(id, out var run) ? run.Entry.Order : null;

    /// <summary>The kinds of tasks that it knows.</summary>
    internal ICollection<string> Kinds => _kinds.Keys;

    /// <summary>How many tasks have not ended.</summary>
    public int OpenCount => _runs.Count;

    /// <summary>Stops at once and leaves the journal as it is: the next start goes on from there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var driving in _driving.Values)
            await driving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var run in _runs.Values)
            run.Abandon();
    }

    private TaskInfo Freshest(TaskInfo stored) =>
        _runs.TryGetValue(stored.Id, out var run) ? run.Current with { Log = [], Items = [] } : stored;

    private TaskRun Admit(TaskEntry entry, ITaskKind kind, bool resumed)
    {
        var run = new TaskRun(entry, resumed, kind, _journal, _publish, Retire, _time, _options);
        _runs[run.Id] = run;
        return run;
    }

    private void Launch(TaskRun run)
    {
        if (!run.TryLaunch())
            return;
        // It is known to be driving before it begins, so that stopping waits for it.
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _driving[run.Id] = DriveAsync(run, begin.Task);
        begin.SetResult();
    }

    private async Task DriveAsync(TaskRun run, Task begin)
    {
        await begin.ConfigureAwait(false);
        var stopping = _stopping.Token;
        try
        {
            var hasSlot = await TakeSlotAsync(run, stopping).ConfigureAwait(false);
            try
            {
                await new TaskExecutor(run, _points, _time, _options, _log).RunAsync(stopping).ConfigureAwait(false);
            }
            finally
            {
                if (hasSlot)
                    _slots.Release();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or StoreException { Fault: StoreFault.Closed })
        {
            LogLeft(_log, run.Id);
        }
        catch (Exception e)
        {
            // The journal can't be written at all: the task keeps its lanes, so that nothing else touches what it works on.
            LogUnwritable(_log, e, run.Id);
        }
        finally
        {
            _driving.TryRemove(run.Id, out _);
        }
    }

    private void Retire(TaskRun run)
    {
        try
        {
            run.Kind.Ended(run.Entry.Order);
        }
        catch (Exception e)
        {
            // Its end is written down: whatever it leaves behind, nobody waits for its lanes any longer.
            LogLeftBehind(_log, e, run.Id);
        }
        _runs.TryRemove(run.Id, out _);
        GiveTurns(run.Id);
    }

    // One that is to be cancelled does not wait for others: it has little to do.
    private async Task<bool> TakeSlotAsync(TaskRun run, CancellationToken stopping)
    {
        if (run.Kind.Coordinates || run.Cancelled.IsCancellationRequested)
            return false;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping, run.Cancelled);
        try
        {
            await _slots.WaitAsync(waiting.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private void GiveTurns(string leaving)
    {
        foreach (var next in _lanes.Leave(leaving))
            if (_runs.TryGetValue(next, out var run))
                Launch(run);
    }

    private static CommandException EndedAlready(TaskInfo task) =>
        ProblemFactory.Conflict($"Task {task.Id} has ended already: {TaskAudit.OutcomeOf(task.State)}.");

    private static CommandException CanNotCancel(TaskInfo task) =>
        task.Ended ? EndedAlready(task) : ProblemFactory.Conflict($"Task {task.Id} has gone too far to be cancelled: it goes on to its end.");

    private static string WhatIsAsked(TaskRequest request) =>
        request.Identity ?? $"{request.Target.Type} {request.Target.Id ?? request.Target.Name}\n{request.Body}\n{string.Join(',', request.Items.Select(i => i.Id))}";

    // A secret counts with its value, but keyed: what is stored must not let anybody try passwords against it.
    private string Fingerprint(TaskRequest request) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    $"{request.Kind}\n{request.Provider}\n{WhatIsAsked(request)}\n{string.Join(',', request.Secrets.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}={_box.Mark(s.Value)}"))}"
                )
            )
        );
}
