using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Core.Inventory.Observing;
using Anyvisor.Core.Inventory.Storage;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Unit.Tests.Inventory;

public sealed class GuestRowTests
{
    [Fact]
    public void A_guest_comes_back_as_it_went_in_with_and_without_books()
    {
        var estate = new RandomEstate(11);
        var books = new Books();
        var (inMemory, inStore, again) = (new RowWriter(books), new RowWriter(null), new RowWriter(books));
        for (var i = 0; i < 2000; i++)
        {
            var guest = estate.Next("lab", i);
            GuestRow.Write(guest, inMemory);
            GuestRow.Write(guest, inStore);
            var read = GuestRow.Read(inMemory.Written, books, guest.ObservedAt, guest.Source);
            var stored = GuestRow.Read(inStore.Written, null, guest.ObservedAt, guest.Source);
            GuestRow.Write(stored, again);

            Assert.Empty(GuestDifference.Of(guest, read));
            Assert.Empty(GuestDifference.Of(guest, stored));
            Assert.Equal((guest.Id, guest.NativeId, guest.Name, guest.Service), (read.Id, read.NativeId, read.Name, read.Service));
            Assert.True(inMemory.Written.SequenceEqual(again.Written));
            Assert.Equal(guest.Name, GuestRow.NameOf(inMemory.Written));
            Assert.Equal(guest.Id.Low, GuestRow.LowOf(inMemory.Written));
        }
    }

    [Fact]
    public void A_row_of_the_store_becomes_the_row_that_its_guest_would_have()
    {
        var estate = new RandomEstate(13);
        var books = new Books();
        var (inMemory, inStore, loading) = (new RowWriter(books), new RowWriter(null), new StoredRows(books));
        var at = RandomEstate.Epoch.AddDays(3);
        for (var i = 0; i < 3000; i++)
        {
            var guest = estate.Next("lab", i);
            if (i % 7 == 0)
                guest = guest with { Presence = Presence.Missing, PresenceSince = RandomEstate.Epoch };
            if (i % 5 == 0)
                guest = guest with { Concerns = [.. guest.Concerns, new Concern(i % 2 == 0 ? InventoryConcerns.SecondView : InventoryConcerns.Duplicate, ConcernSeverity.Information, "label", "why")] };
            GuestRow.Write(guest, inStore);
            var shown = guest.Presence == Presence.Missing ? guest : guest with { Presence = Presence.Unreachable, PresenceSince = at };
            GuestRow.Write(shown, inMemory);

            var row = loading.ToMemory(inStore.Written, at);

            Assert.True(inMemory.Written.SequenceEqual(row), guest.Name);
            AssertCells(shown, GuestCells.Of(row, books), books);
        }
    }

    [Fact]
    public void A_row_of_the_store_that_is_damaged_is_refused_or_can_be_shown()
    {
        var (estate, random) = (new RandomEstate(14), new Random(15));
        var books = new Books();
        var (inStore, loading) = (new RowWriter(null), new StoredRows(books));
        var refused = 0;
        for (var i = 0; i < 20_000; i++)
        {
            GuestRow.Write(estate.Next("lab", i % 300), inStore);
            var bytes = inStore.Written.ToArray();
            for (var hits = random.Next(1, 4); hits > 0; hits--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            byte[] row;
            try
            {
                row = loading.ToMemory(bytes, RandomEstate.Epoch);
            }
            catch (Exception e) when (e is InvalidDataException or ArgumentException or FormatException or OverflowException)
            {
                refused++;
                continue;
            }
            Assert.NotNull(GuestRow.Read(row, books).Name);
            _ = GuestCells.Of(row, books);
        }
        Assert.InRange(refused, 1000, 19_000);
    }

    private static void AssertCells(Guest guest, GuestCells cells, Books books)
    {
        Assert.Equal(guest.Id, cells.Id);
        Assert.Equal(guest.NativeId.TryGetUuid(out var uuid) ? uuid : null, cells.Uuid);
        Assert.Equal(FoldedName.Of(guest.Name), FoldedName.Of(cells.Name));
        Assert.Equal(
            (guest.Provider, guest.Host, guest.Cluster, guest.Project, guest.Raw, guest.Hypervisor),
            (books.Texts[cells.Provider], books.Texts[cells.Host], books.Texts[cells.Cluster], books.Texts[cells.Project], books.Texts[cells.Raw], books.Texts[cells.Hypervisor]));
        Assert.Equal(guest.Os, books.Systems[cells.System]);
        Assert.Equal(guest.Tags.OrderBy(t => t.Key, StringComparer.Ordinal), (books.Tags[cells.Tags] ?? guest.Tags).OrderBy(t => t.Key, StringComparer.Ordinal));
        Assert.Equal((guest.Vcpus, guest.Memory, guest.CreatedAt?.Ticks ?? 0, guest.Service), (cells.Vcpus, cells.Memory, cells.CreatedAt, cells.Service));
        Assert.Equal([(byte)guest.Kind, (byte)guest.Power, (byte)guest.Transition, (byte)guest.Lifecycle, (byte)guest.Presence], cells.State.ToArray());
        Assert.Equal([(byte)guest.Arch, (byte)guest.Firmware, (byte)guest.Virtualization], cells.Shape.ToArray());
        Assert.Equal((InventoryConcerns.IsSecondView(guest.Concerns), InventoryConcerns.HasOurs(guest.Concerns)), (cells.SecondView, cells.Marked));
    }

    [Fact]
    public void A_row_that_is_cut_short_is_refused_and_never_read_beyond()
    {
        var writer = new RowWriter(null);
        GuestRow.Write(new RandomEstate(12).Next("lab", 1), writer);
        var row = writer.Written.ToArray();
        for (var length = 0; length < row.Length; length++)
            Assert.ThrowsAny<Exception>(() => GuestRow.Read(row.AsSpan(0, length), null) is { } guest ? throw new InvalidOperationException(guest.Name) : 0);
    }
}
