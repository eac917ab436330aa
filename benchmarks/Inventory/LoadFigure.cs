using Anyvisor.Core.Inventory;
using Anyvisor.Core.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Benchmarks.Inventory;

/// <summary>Start-up with 100,000 stored guests, up to the first page.</summary>
internal static class LoadFigure
{
    private const int Guests = 100_000;

    internal static async Task RunAsync(Figures figures)
    {
        var directory = Directory.CreateTempSubdirectory("anyvisor-bench-").FullName;
        try
        {
            await WithInventoryAsync(directory, async inventory =>
            {
                BenchEstate.Fill(inventory, Guests);
                var began = TimeProvider.System.GetTimestamp();
                await inventory.FlushAsync(CancellationToken.None);
                Console.WriteLine($"  first write of {Guests} guests and their history: {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.00} s");
            });
            var taken = TimeSpan.MaxValue;
            for (var round = 0; round < 3; round++)
            {
                var began = TimeProvider.System.GetTimestamp();
                await WithInventoryAsync(directory, inventory =>
                {
                    if (inventory.QueryGuests(new ListQuery()).Total != Guests)
                        throw new InvalidOperationException("Guests are lacking after the restart.");
                    var took = TimeProvider.System.GetElapsedTime(began);
                    taken = took < taken ? took : taken;
                    return Task.CompletedTask;
                });
            }
            figures.AtMost("store opened, 100,000 guests loaded, first page answered", taken.TotalSeconds, 1, "s");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task WithInventoryAsync(string directory, Func<EstateInventory, Task> work)
    {
        await using var database = await Database.OpenAsync(new StoreOptions { Directory = directory }, NullLoggerFactory.Instance, CancellationToken.None);
        await using var inventory = await EstateInventory.OpenAsync(database, new InventoryOptions(), TimeProvider.System, NullLogger<EstateInventory>.Instance, CancellationToken.None);
        await work(inventory);
    }
}
