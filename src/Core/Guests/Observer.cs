using Anyvisor.Core.Inventory;

namespace Anyvisor.Core.Guests;

/// <summary>Waits until the inventory shows something: an effect counts when the driver observed it.</summary>
internal sealed class Observer(EstateInventory inventory, TimeProvider time)
{
    // Events tell of guests; the other kinds are looked at by the clock.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Nudge = TimeSpan.FromSeconds(2);

    /// <param name="seen">Cheap: asked at every event.</param>
    /// <param name="refresh">Asks the provider for a listing when it takes long.</param>
    /// <param name="atMost">How long.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was seen in time.</returns>
    public async Task<bool> WaitAsync(Func<bool> seen, Action refresh, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        var nudged = false;
        using var subscription = inventory.Events.Subscribe(null, null);
        while (!seen())
        {
            var waited = time.GetElapsedTime(since);
            if (waited >= atMost)
                return false;
            if (!nudged && waited >= Nudge)
            {
                nudged = true;
                refresh();
            }
            using var glance = new CancellationTokenSource(Glance, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(glance.Token, cancellationToken);
            try
            {
                if (!await subscription.WaitToReadAsync(either.Token).ConfigureAwait(false))
                    return seen();
                while (subscription.TryRead(out _)) { }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Time for another look.
            }
        }
        return true;
    }
}
