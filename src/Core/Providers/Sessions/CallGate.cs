using Anyvisor.Driver;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace Anyvisor.Core.Providers.Sessions;

/// <summary>
/// Every call to one connection goes through here: with a deadline, few at once, and not at all for a while when the
/// other end answers none. Whoever calls is free at the deadline, whatever the driver does. Safe for many threads.
/// </summary>
internal sealed partial class CallGate : IDisposable
{
    private const double OutageShare = 0.9;
    private const int OutagesToOpen = 5;
    private static readonly TimeSpan OutageWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan OutageBreak = TimeSpan.FromSeconds(10);

    private readonly IProviderConnection _connection;
    private readonly ProviderAddress _address;
    private readonly Redactor _redactor;
    private readonly ProviderMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly int _most;
    private readonly SemaphoreSlim _permits;
    private readonly CancellationTokenSource _closed = new();
    private readonly ResiliencePipeline _breaker;

    public CallGate(IProviderConnection connection, ProviderAddress address, ProviderOptions options, ProviderMetrics metrics, TimeProvider time, ILogger log)
    {
        (_connection, _address, _metrics, _time, _log) = (connection, address, metrics, time, log);
        _redactor = new Redactor(address);
        _most = options.CallsAtOnce;
        _permits = new SemaphoreSlim(_most);
        _breaker = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions
                {
                    FailureRatio = OutageShare,
                    MinimumThroughput = OutagesToOpen,
                    SamplingDuration = OutageWindow,
                    BreakDuration = OutageBreak,
                    ShouldHandle = new PredicateBuilder().Handle<ProviderException>(exception => Faults.IsOutage(exception.Error)),
                }
            )
            .Build();
    }

    /// <param name="operation">A short stable word for metrics: <c>start</c>, <c>console</c>.</param>
    /// <param name="call">The call; what it throws comes out as a <see cref="ProviderException"/>.</param>
    /// <param name="deadline">From now on, the wait for a turn included.</param>
    /// <param name="cancellationToken">The caller gives up.</param>
    public async Task<T> RunAsync<T>(
        string operation,
        Func<IProviderConnection, CancellationToken, Task<T>> call,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        var started = _time.GetTimestamp();
        var outcome = "done";
        try
        {
            return await _breaker.ExecuteAsync(token => new ValueTask<T>(OnceAsync(operation, call, deadline, token)), cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenCircuitException)
        {
            outcome = Faults.Word(ProviderError.Unreachable);
            throw new ProviderException(
                ProviderError.Unreachable,
                $"The provider '{_address.Provider}' answered none of the last calls in time, so it is asked again only after {OutageBreak.TotalSeconds:0} s. Its watch still lives; look at the load of the system at its address."
            );
        }
        catch (ProviderException exception)
        {
            outcome = Faults.Word(exception.Error);
            throw;
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            throw;
        }
        finally
        {
            _metrics.Called(_address.Provider, operation, outcome, _time.GetElapsedTime(started));
        }
    }

    /// <summary>Ends every call that still runs: the connection is gone.</summary>
    public void Dispose() => _closed.Cancel();

    private async Task<T> OnceAsync<T>(
        string operation,
        Func<IProviderConnection, CancellationToken, Task<T>> call,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        // Not disposed here: a call that is left to itself may still look at its token.
        var limit = new CancellationTokenSource(deadline, _time);
        var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token, _closed.Token);
        var begun = false;
        Task<T>? running = null;
        try
        {
            await _permits.WaitAsync(ends.Token).ConfigureAwait(false);
            begun = true;
            // On a thread of its own: a driver that blocks its caller must not block ours.
            running = Task.Run(() => call(_connection, ends.Token), CancellationToken.None);
            return await running.WaitAsync(ends.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException($"The call {operation} to '{_address.Provider}' was cancelled.", cancellationToken);
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            throw new ProviderException(ProviderError.Unreachable, $"The connection to '{_address.Provider}' ended during {operation}.") { OutcomeUnknown = begun };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw TooLate(operation, deadline, begun);
        }
        catch (ProviderException exception)
        {
            throw Faults.Cleaned(exception, _redactor);
        }
        catch (Exception exception)
        {
            LogDefect(_log, _address.Provider, operation, _redactor.Clean(exception.ToString()));
            throw Faults.Contained(exception, _address.Provider, $"in {operation}");
        }
        finally
        {
            if (begun)
                _ = EndAsync(running, limit, ends);
            else
                Release(limit, ends);
        }
    }

    /// <summary>The turn is given back when the call has truly ended, however long ago it was given up.</summary>
    private async Task EndAsync(Task? running, CancellationTokenSource limit, CancellationTokenSource ends)
    {
        if (running is not null)
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _permits.Release();
        Release(limit, ends);
    }

    private static void Release(CancellationTokenSource limit, CancellationTokenSource ends)
    {
        ends.Dispose();
        limit.Dispose();
    }

    private ProviderException TooLate(string operation, TimeSpan deadline, bool begun) =>
        begun
            ? new ProviderException(ProviderError.TimedOut, $"The provider '{_address.Provider}' did not answer {operation} within {deadline.TotalSeconds:0.#} s. Whether it was done is not known: look before you repeat it.") { OutcomeUnknown = true }
            : new ProviderException(ProviderError.TimedOut, $"The provider '{_address.Provider}' is busy with {_most} calls, and {operation} did not get its turn within {deadline.TotalSeconds:0.#} s. It was not begun: try again.");
}
