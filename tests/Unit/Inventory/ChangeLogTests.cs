using Anyvisor.Core.Inventory.Observing;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Unit.Tests.Inventory;

public sealed class ChangeLogTests
{
    private readonly ChangeLog _log = new();

    private static ObjectId Id(int number) => new(1, (ulong)number);

    [Fact]
    public void What_comes_in_bulk_is_taken_in_portions_and_in_order()
    {
        for (var i = 0; i < 10; i++)
            _log.Guest(Id(i), null, bulk: true);

        Assert.Equal([Id(0), Id(1), Id(2), Id(3)], _log.Take(4).Guests.Keys);
        Assert.True(_log.Waiting.IsCompleted);
        Assert.Empty(_log.Take(0).Guests);
        Assert.Equal(6, _log.Take(100).Guests.Count);
        Assert.False(_log.Waiting.IsCompleted);
    }

    [Fact]
    public void A_prompt_change_overtakes_the_bulk_and_keeps_how_the_guest_was_first()
    {
        byte[] first = [1];
        _log.Guest(Id(1), first, bulk: true);
        _log.Guest(Id(2), null, bulk: true);
        _log.Guest(Id(1), [2], bulk: false);

        var taken = Assert.Single(_log.Take(0).Guests);
        Assert.Equal((Id(1), first), (taken.Key, taken.Value));
        Assert.Equal([Id(2)], _log.Take(10).Guests.Keys);
    }

    [Fact]
    public void A_bulk_change_of_a_guest_that_is_told_anyway_does_not_tell_it_twice()
    {
        _log.Guest(Id(1), [1], bulk: false);
        _log.Guest(Id(1), [2], bulk: true);

        Assert.Equal([1], Assert.Single(_log.Take(0).Guests).Value!);
        Assert.Equal(0, _log.Bulk);
    }

    [Fact]
    public void Other_objects_are_taken_in_portions_too()
    {
        for (var i = 0; i < 5; i++)
            _log.Object(ObjectKind.Volume, Id(i), null);

        Assert.Equal(2, _log.Take(2).Objects.Count);
        Assert.Equal(3, _log.Bulk);
        Assert.Equal(3, _log.Take(10).Objects.Count);
    }
}
