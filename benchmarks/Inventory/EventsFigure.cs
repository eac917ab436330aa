using Anyvisor.Core.Inventory;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Driver.Watching;

namespace Anyvisor.Benchmarks.Inventory;

/// <summary>From a change at a provider to its JSON at each of 1,000 subscribers.</summary>
internal static class EventsFigure
{
    private const int Subscribers = 1000;
    private const int Changes = 400;

    internal static async Task RunAsync(Figures figures)
    {
        await using var inventory = BenchEstate.NewInventory();
        BenchEstate.Fill(inventory, 10_000);
        await inventory.FlushAsync(CancellationToken.None);
        var managed = GC.GetTotalMemory(true);
        var subscriptions = Enumerable.Range(0, Subscribers).Select(_ => inventory.Events.Subscribe(null, null)).ToArray();
        figures.AtMost("managed memory a subscriber", (GC.GetTotalMemory(true) - managed) / (double)Subscribers / 1024, 64, "KiB");

        var began = new long[Changes];
        var first = inventory.Events.LastSequence;
        var readers = subscriptions.Select(s => Task.Run(() => ReadAsync(s, began, first))).ToArray();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var i = 0; i < Changes; i++)
        {
            await timer.WaitForNextTickAsync();
            Volatile.Write(ref began[i], TimeProvider.System.GetTimestamp());
            inventory.Apply(BenchEstate.ProviderOf(i), [new Seen(BenchEstate.Guest(i) with { Description = "changed" })]);
        }
        var delays = (await Task.WhenAll(readers)).SelectMany(d => d).Order().ToArray();
        foreach (var subscription in subscriptions)
            subscription.Dispose();
        figures.AtMost("change to subscriber, p99 of 1,000 subscribers at 50 changes a second", delays[(int)(delays.Length * 0.99)], 100, "ms");
        FloodOf(figures, inventory);
    }

    private static async Task<List<double>> ReadAsync(EventSubscription subscription, long[] began, long first)
    {
        var delays = new List<double>(Changes);
        while (delays.Count < Changes && await subscription.WaitToReadAsync(CancellationToken.None))
            while (subscription.TryRead(out var item))
                if (item.Json.Length > 0)
                    delays.Add(TimeProvider.System.GetElapsedTime(Volatile.Read(ref began[item.Sequence - first - 1])).TotalMilliseconds);
        return delays;
    }

    /// <summary>A million changes of a hundred guests, as fast as they are taken.</summary>
    private static void FloodOf(Figures figures, EstateInventory inventory)
    {
        const int Flood = 300_000;
        var before = inventory.Events.LastSequence;
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < Flood; i++)
            inventory.Apply(BenchEstate.ProviderOf(i % 100), [BenchEstate.Change(i % 100, i / 100)]);
        var took = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        figures.AtMost("taking in 100,000 changes of few guests", took / Flood * 100_000, 1, "s");
        figures.AtMost("events told of 100,000 changes of 100 guests", (inventory.Events.LastSequence - before) / (double)Flood * 100_000, 10_000, "events");
    }
}
