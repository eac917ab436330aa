using Anyvisor.Core.Inventory;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anyvisor.Unit.Tests.Inventory;

/// <summary>An inventory in memory with a clock of its own, and the words that a provider would say to it.</summary>
internal sealed class InventoryFixture : IAsyncDisposable
{
    internal const string Lab = "lab";

    internal InventoryFixture(InventoryOptions? options = null) =>
        Inventory = new EstateInventory(options ?? new InventoryOptions(), Clock, NullLogger<EstateInventory>.Instance);

    internal FakeTimeProvider Clock { get; } = new();

    internal EstateInventory Inventory { get; }

    internal DateTime Now => Clock.GetUtcNow().UtcDateTime;

    internal Guest Guest(int number, string provider = Lab, string? name = null, string? host = null) =>
        new()
        {
            Id = ObjectId.Derive(ObjectKind.Guest, provider, RandomEstate.NativeOf(number)),
            NativeId = RandomEstate.NativeOf(number),
            Name = name ?? $"guest{number}",
            Provider = provider,
            Host = host,
            Power = PowerState.On,
            Raw = "running",
            ObservedAt = Now,
        };

    internal ApplyResult See(params Guest[] guests) => Inventory.Apply(guests[0].Provider, [.. guests.Select(g => new Seen(g))]);

    internal ApplyResult List(params Guest[] guests) => ListOf(Lab, guests);

    internal ApplyResult ListOf(string provider, params Guest[] guests) =>
        Inventory.Apply(provider, [new SnapshotBegin([ObjectKind.Guest]), .. guests.Select(g => new Seen(g)), new SnapshotComplete()]);

    internal Guest? Get(Guest guest) => Inventory.Get<Guest>(guest.Id);

    public ValueTask DisposeAsync() => Inventory.DisposeAsync();
}
