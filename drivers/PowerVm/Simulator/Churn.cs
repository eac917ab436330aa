using Anyvisor.Simulation;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>Starts and stops partitions at random, for whoever wants to see something happen.</summary>
internal sealed class Churn : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public Churn(HmcEstate estate, int aSecond, SimulationOptions options) =>
        _running = aSecond > 0 ? RunAsync(estate, aSecond, options) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(HmcEstate estate, int aSecond, SimulationOptions options)
    {
        var random = new Random(options.Seed + 2);
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(1), options.Time);
        while (await ticks.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            lock (estate.Gate)
            {
                var all = estate.Partitions.Values.Where(p => !p.IsVios && p.State is "running" or "not activated").ToList();
                for (var i = 0; i < aSecond && all.Count > 0; i++)
                {
                    var one = all[random.Next(all.Count)];
                    estate.To(one, one.State == "running" ? "not activated" : "running");
                }
            }
    }
}
