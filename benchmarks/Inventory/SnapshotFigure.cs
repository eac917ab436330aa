using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Benchmarks.Inventory;

/// <summary>A full listing of 100,000 guests of one provider: the first, and one in which nothing changed.</summary>
internal static class SnapshotFigure
{
    private const int Guests = 100_000;

    internal static async Task RunAsync(Figures figures)
    {
        for (var round = 0; round < 3; round++)
        {
            await using var inventory = BenchEstate.NewInventory();
            Change[] listing =
            [
                new SnapshotBegin([ObjectKind.Guest]),
                .. Enumerable.Range(0, Guests).Select(i => new Seen(BenchEstate.Guest(i * BenchEstate.Providers))),
                new SnapshotComplete(),
            ];
            var (began, used) = (TimeProvider.System.GetTimestamp(), ThreadClock.Now);
            inventory.Apply(BenchEstate.ProviderOf(0), listing);
            var (first, firstUsed) = (TimeProvider.System.GetElapsedTime(began), ThreadClock.Now - used);
            (began, used) = (TimeProvider.System.GetTimestamp(), ThreadClock.Now);
            var again = inventory.Apply(BenchEstate.ProviderOf(0), listing);
            var (second, secondUsed) = (TimeProvider.System.GetElapsedTime(began), ThreadClock.Now - used);
            if (again.Changed != 0)
                throw new InvalidOperationException($"{again.Changed} guests changed in a listing that is the same.");
            // The first rounds compile the code.
            if (round < 2)
                continue;
            Console.WriteLine($"  processor time: {firstUsed.TotalSeconds:0.00} s new, {secondUsed.TotalSeconds:0.00} s unchanged");
            figures.AtMost("full listing of 100,000 new guests applied", first.TotalSeconds, 1, "s");
            figures.AtMost("full listing of 100,000 unchanged guests applied", second.TotalSeconds, 1, "s");
        }
    }
}
