using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Core.Providers.Sessions;

/// <summary>Takes in what a connection's watch shows until it ends, is silent for too long, or breaks the contract.</summary>
internal sealed partial class ProviderSession
{
    private async Task FollowAsync(LiveConnection live, CancellationToken stopping)
    {
        var intake = new ChangeIntake(_options.MostPending, _options.MostChangesPerSecond, _time);
        var watch = new CancellationTokenSource();
        var reading = Task.Run(() => ReadAsync(live.Connection, intake, watch.Token), CancellationToken.None);
        try
        {
            await TakeInAsync(intake, stopping).ConfigureAwait(false);
        }
        finally
        {
            await watch.CancelAsync().ConfigureAwait(false);
            await Bounded.EndAsync(reading, _options.CloseDeadline, _time).ConfigureAwait(false);
            if (!reading.IsCompleted)
                LogAbandoned(_log, Provider, "its watch, which ignores cancellation,");
        }
    }

    /// <summary>The driver's side. Never throws: how the watch ended comes out of the intake.</summary>
    private async Task ReadAsync(IProviderConnection connection, ChangeIntake intake, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in connection.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await intake.AddAsync(Checked(change), cancellationToken).ConfigureAwait(false);
            }
            intake.End(new ProviderException(ProviderError.Unreachable, $"The watch of '{Provider}' ended. It is begun again."));
        }
        catch (Exception exception)
        {
            intake.End(exception);
        }
    }

    /// <summary>A driver shows its own provider's objects and no others.</summary>
    private Change Checked(Change? change) =>
        change switch
        {
            null => throw new ProviderException(ProviderError.ProtocolViolation, $"The driver of '{Provider}' showed nothing where it should show a change."),
            Seen { Object: var shown } when shown is null || shown.Provider != Provider => throw new ProviderException(
                ProviderError.ProtocolViolation,
                $"The driver of '{Provider}' showed an object of '{shown?.Provider}'. Nothing of it was taken in."
            ),
            _ => change,
        };

    private async Task TakeInAsync(ChangeIntake intake, CancellationToken stopping)
    {
        var frame = new ListingFrame(Provider, _options.ListingDeadline, _time);
        long shed = 0;
        while (true)
        {
            var batch = await TakeAsync(intake, stopping).ConfigureAwait(false);
            frame.Follow(batch);
            var result = _inventory.Apply(Provider, batch);
            _metrics.Applied(Provider, batch.Count, intake.Shed - shed);
            shed = intake.Shed;
            Heard(result.ListingCompleted, result.Suspicion);
            if (!frame.Open && _options.BatchDelay > TimeSpan.Zero)
                await Task.Delay(_options.BatchDelay, _time, stopping).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<Change>> TakeAsync(ChangeIntake intake, CancellationToken stopping)
    {
        try
        {
            return await intake.TakeAsync(_options.Silence, stopping).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new ProviderException(
                ProviderError.Unreachable,
                $"Nothing was heard of the provider '{Provider}' for {_options.Silence.TotalSeconds:0.#} s though the connection to {_address.Url} stands. It is connected anew; if that repeats, look whether the service there hangs."
            );
        }
    }

    private void Heard(bool listed, Inventory.SuspiciousDrop? suspicion)
    {
        var now = Now;
        if (!listed)
        {
            // No signal and no event: it happens with every batch.
            lock (_gate)
                Volatile.Write(ref _status, _status with { HeardAt = now });
            return;
        }
        var problem = suspicion is null
            ? null
            : new ProviderProblem(
                "suspicious-listing",
                $"The last listing lacked {suspicion.Lost} of {suspicion.Known} guests, with success. Nothing was declared missing. If they are truly gone, confirm it: anyvisor provider refresh {Provider} --accept."
            );
        Set(status => status with
        {
            State = suspicion is null ? ProviderState.Connected : ProviderState.Suspicious,
            Problem = problem,
            SyncedAt = now,
            HeardAt = now,
            Listings = status.Listings + 1,
        });
        var counts = _inventory.Counts(Provider);
        // Listings come every minute: only what is news is logged.
        if (_logged == (counts.Guests, counts.Hosts))
            return;
        _logged = (counts.Guests, counts.Hosts);
        LogListed(_log, Provider, counts.Guests, counts.Hosts);
    }
}
