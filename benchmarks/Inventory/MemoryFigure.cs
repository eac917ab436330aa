namespace Anyvisor.Benchmarks.Inventory;

/// <summary>What a million guests take.</summary>
internal static class MemoryFigure
{
    private const int Guests = 1_000_000;

    internal static async Task RunAsync(Figures figures)
    {
        Collect();
        var (managed, resident) = (GC.GetTotalMemory(true), Environment.WorkingSet);
        await using var inventory = BenchEstate.NewInventory();
        BenchEstate.Fill(inventory, Guests);
        await inventory.FlushAsync(CancellationToken.None);
        Collect();
        figures.AtMost("managed memory a guest, 1,000,000 guests", (GC.GetTotalMemory(true) - managed) / (double)Guests, 512, "bytes");
        figures.AtMost("resident memory a guest, all in, 1,000,000 guests", (Environment.WorkingSet - resident) / (double)Guests, 1024, "bytes");
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }
}
