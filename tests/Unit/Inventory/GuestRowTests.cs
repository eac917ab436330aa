using Anyvisor.Core.Inventory.Columns;
using Anyvisor.Core.Inventory.Events;
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
    public void A_row_that_is_cut_short_is_refused_and_never_read_beyond()
    {
        var writer = new RowWriter(null);
        GuestRow.Write(new RandomEstate(12).Next("lab", 1), writer);
        var row = writer.Written.ToArray();
        for (var length = 0; length < row.Length; length++)
            Assert.ThrowsAny<Exception>(() => GuestRow.Read(row.AsSpan(0, length), null) is { } guest ? throw new InvalidOperationException(guest.Name) : 0);
    }
}
