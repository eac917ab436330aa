using System.Globalization;
using Anyvisor.Core.Inventory;

namespace Anyvisor.Benchmarks.Inventory;

/// <summary>A mixed load of filtered, sorted pages of 100, with 5,000 changes a second coming in.</summary>
internal static class QueryFigure
{
    private static readonly (string? Filter, string? Sort)[] Mix =
    [
        (null, null),
        ("power:on", null),
        ("power:on arch:ppc64le", "-memory,name"),
        ("name~web*", null),
        ("name~\"-00012\"", null),
        ("host:host00042.example.org", null),
        ("provider:provider3 power:off", "name"),
        ("cpu>=4 memory>8GiB", "-memory,name"),
        ("tag.env:prod os.family:linux", "host,name"),
        ("os.family:ibmi -power:on", "-created"),
        ("cluster:cluster007", "-cpu,name"),
        ("tag.team:team7 power:on arch:s390x,aarch64", "memory,name"),
        ("db-00", null),
        ("presence:present", "-name"),
    ];

    internal static async Task RunAsync(Figures figures)
    {
        await RunAsync(figures, 100_000, 0.3);
        await RunAsync(figures, 1_000_000, 1.5);
    }

    private static async Task RunAsync(Figures figures, int guests, double target)
    {
        await using var inventory = BenchEstate.NewInventory();
        BenchEstate.Fill(inventory, guests);
        await inventory.FlushAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var churn = Task.Run(() => ChurnAsync(inventory, guests, stop.Token));
        await Task.Factory.StartNew(() => Measure(figures, inventory, guests, target), TaskCreationOptions.LongRunning);
        await stop.CancelAsync();
        var changes = await churn;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ({changes:0} changes a second came in meanwhile)"));
    }

    private static void Measure(Figures figures, EstateInventory inventory, int guests, double target)
    {
        for (var i = 0; i < 2000; i++)
            Run(inventory, Mix[i % Mix.Length]);
        var rounds = guests > 500_000 ? 60 : 200;
        var total = 0.0;
        foreach (var query in Mix)
        {
            var before = ThreadClock.Now;
            for (var i = 0; i < rounds; i++)
                Run(inventory, query);
            // Each run is a first page and the one behind it.
            var each = (ThreadClock.Now - before).TotalMilliseconds / rounds / 2;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {each:0.000} ms  filter '{query.Filter}' sort '{query.Sort}'"));
            total += each;
        }
        figures.AtMost(string.Create(CultureInfo.InvariantCulture, $"processor time a page of 100, mixed load, {guests:n0} guests"), total / Mix.Length, target, "ms");
    }

    private static void Run(EstateInventory inventory, (string? Filter, string? Sort) query)
    {
        var first = inventory.QueryGuests(new ListQuery { Filter = query.Filter, Sort = query.Sort });
        inventory.QueryGuests(new ListQuery { Filter = query.Filter, Sort = query.Sort, Cursor = first.NextCursor });
    }

    /// <returns>How many changes a second it made.</returns>
    private static async Task<double> ChurnAsync(EstateInventory inventory, int guests, CancellationToken stop)
    {
        var (began, count) = (TimeProvider.System.GetTimestamp(), 0L);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                var due = (long)(TimeProvider.System.GetElapsedTime(began).TotalSeconds * 5000) - count;
                var number = (int)(count * 7919 % guests);
                for (; due > 0; due--, count++)
                {
                    number = (int)((number + 7919L) % guests);
                    inventory.Apply(BenchEstate.ProviderOf(number), [BenchEstate.Change(number, (int)(count / guests) + (int)(count % 2))]);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
        return count / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
    }
}
