using System.Threading.Channels;
using Anyvisor.Driver;
using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Watching;

/// <summary>
/// Stands at the console's event queue, one call after another. A call that broke may have carried events: then
/// everything is read anew.
/// </summary>
internal sealed class EventPump(HmcClient client, Dirt dirt, ChannelWriter<bool> bell, TimeProvider time)
{
    private const int MostFailures = 5;
    private readonly string _path = $"uom/Event?QUEUE_CLIENTKEY_METHOD=USE_APPLICATIONID&QUEUE_APPLICATIONID=anyvisor{Guid.NewGuid():N}";

    /// <summary>Opens the queue: from here on nothing is missed.</summary>
    public async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _ = await client.EventsAsync(_path, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ProviderException e) when (attempt < MostFailures && e.Error is ProviderError.Unreachable or ProviderError.ProtocolViolation or ProviderError.ProviderFault)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs until it is called off, or the console answers no more.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            try
            {
                foreach (var read in await client.EventsAsync(_path, cancellationToken).ConfigureAwait(false))
                    dirt.Event(HmcEvent.Read(read));
                failures = 0;
            }
            catch (ProviderException e) when (++failures < MostFailures && e.Error is ProviderError.Unreachable or ProviderError.ProtocolViolation or ProviderError.ProviderFault or ProviderError.TimedOut)
            {
                dirt.Everything();
                await Task.Delay(TimeSpan.FromMilliseconds(100 << failures), time, cancellationToken).ConfigureAwait(false);
            }
            _ = bell.TryWrite(true);
        }
    }
}
