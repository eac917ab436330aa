using Anyvisor.Core.Inventory;
using Anyvisor.Driver;
using Anyvisor.Model;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Anyvisor.Core.Providers.Sessions;

/// <summary>
/// Keeps one provider connected and in step, for as long as it is enabled: its own loop, its own limits. Whatever its
/// driver does (hang, flood, lie, throw), it shows here as this provider's problem and nowhere else. It is the one
/// writer of its provider to the inventory.
/// </summary>
internal sealed partial class ProviderSession : IAsyncDisposable
{
    private readonly ProviderAddress _address;
    private readonly IDriver _driver;
    private readonly EstateInventory _inventory;
    private readonly ProviderOptions _options;
    private readonly ProviderMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly Redactor _redactor;
    private readonly ResiliencePipeline _reconnect;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private CancellationTokenSource _waiting = new();
    private TaskCompletionSource _changed = NewSignal();
    private SessionStatus _status;
    private LiveConnection? _live;
    private bool _begun;
    private (int Guests, int Hosts)? _logged;
    private Task _run = Task.CompletedTask;

    public ProviderSession(ProviderAddress address, IDriver driver, SessionServices services)
    {
        (_address, _driver) = (address, driver);
        (_inventory, _options, _metrics, _time, _loggers) = (services.Inventory, services.Options, services.Metrics, services.Time, services.Loggers);
        _log = _loggers.CreateLogger<ProviderSession>();
        _redactor = new Redactor(address);
        _status = new SessionStatus { State = ProviderState.Connecting, Since = Now };
        _reconnect = new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddRetry(
                new RetryStrategyOptions
                {
                    ShouldHandle = new PredicateBuilder().Handle<ProviderException>(),
                    MaxRetryAttempts = int.MaxValue,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = _options.RetryDelay,
                    MaxDelay = _options.MostRetryDelay,
                    DelayGenerator = attempt => ValueTask.FromResult(DelayAfter(attempt.Outcome.Exception)),
                }
            )
            .Build();
    }

    public string Provider => _address.Provider;

    public SessionStatus Status => Volatile.Read(ref _status);

    /// <summary>The connection, while there is one.</summary>
    public LiveConnection? Live => Volatile.Read(ref _live);

    /// <summary>Completes when the status changes from what it is now.</summary>
    public Task NextChange
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    /// <summary>Cancelled when the session is ended: nothing will come of it any more.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Begins; a second call does nothing.</summary>
    public void Start()
    {
        if (!Interlocked.Exchange(ref _begun, true))
            _run = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
    }

    /// <summary>Connects now where it waits for its next try; else asks for a full listing.</summary>
    public void Refresh()
    {
        if (Live is { } live)
        {
            live.RequestRefresh(_log, Provider);
            return;
        }
        lock (_gate)
            _waiting.Cancel();
    }

    /// <summary>A person has confirmed what looked suspicious.</summary>
    public void ConfirmDrop()
    {
        if (Status.State == ProviderState.Suspicious)
            Set(status => status with { State = ProviderState.Connected, Problem = null });
    }

    /// <summary>Ends the session within the deadline for closing, whatever the driver does.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Bounded.EndAsync(_run, _options.CloseDeadline * 2, _time).ConfigureAwait(false);
        if (!_run.IsCompleted)
            LogAbandoned(_log, Provider, "the session");
    }

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    private async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            CancellationTokenSource round;
            lock (_gate)
            {
                if (_waiting.IsCancellationRequested)
                    _waiting = new CancellationTokenSource();
                round = _waiting;
            }
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, round.Token);
            try
            {
                // Returns after a connection that was healthy: the next one starts its waits anew.
                await _reconnect.ExecuteAsync(async token => await ConnectAndFollowAsync(stopping).ConfigureAwait(false), either.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (either.IsCancellationRequested && exception is OperationCanceledException or ProviderException)
            {
                // Stopping ends the loop; a refresh ends the wait alone. What failed is in the status already.
            }
        }
    }

    /// <summary>One connection from its beginning to its end. Throws where the next try has to wait.</summary>
    private async Task ConnectAndFollowAsync(CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        var began = _time.GetTimestamp();
        try
        {
            await using var live = await ConnectAsync(stopping).ConfigureAwait(false);
            Set(status => status with { State = ProviderState.Syncing, Problem = null, About = live.Connection.About, HeardAt = Now });
            _inventory.MarkReachable(Provider);
            Volatile.Write(ref _live, live);
            try
            {
                await FollowAsync(live, stopping).ConfigureAwait(false);
            }
            finally
            {
                Volatile.Write(ref _live, null);
            }
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            var failure = exception as ProviderException ?? Unforeseen(exception);
            Fail(failure);
            if (_time.GetElapsedTime(began) < _options.HealthyAfter || Status.State == ProviderState.Refused)
                throw failure;
        }
    }

    private void Fail(ProviderException exception)
    {
        var problem = Faults.ToProblem(exception, _redactor);
        var refused = Faults.AsksForPerson(exception.Error);
        _metrics.Connected(Provider, problem.Code);
        _logged = null;
        LogLost(_log, Provider, problem.Code, problem.Text);
        var since = Status.HeardAt ?? Now;
        // Our own state first: whoever sees a guest unreachable finds the reason at its provider.
        Set(status => status with { State = refused ? ProviderState.Refused : ProviderState.Unreachable, Problem = problem });
        _inventory.MarkUnreachable(Provider, since);
    }

    private ProviderException Unforeseen(Exception exception)
    {
        LogDefect(_log, Provider, _redactor.Clean(exception.ToString()));
        return Faults.Contained(exception, Provider, "while it was watched");
    }

    private TimeSpan? DelayAfter(Exception? exception) =>
        exception is ProviderException { Error: var error } && Faults.AsksForPerson(error) ? _options.RefusedDelay : null;

    private void Set(Func<SessionStatus, SessionStatus> change)
    {
        SessionStatus before, after;
        lock (_gate)
        {
            before = _status;
            after = change(before);
            if (after.State != before.State)
                after = after with { Since = Now };
            Volatile.Write(ref _status, after);
            _changed.TrySetResult();
            _changed = NewSignal();
        }
        if (after.State != before.State || after.Problem != before.Problem)
            Tell(after);
    }

    private void Tell(SessionStatus status) =>
        _inventory.Events.Publish(
            EventKind.Provider,
            "provider",
            Provider,
            Provider,
            Provider,
            status.Problem is { } problem ? $"{Word(status.State)}: {problem.Text}" : Word(status.State)
        );

    private static string Word(ProviderState state) => state.ToString().ToLowerInvariant();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
