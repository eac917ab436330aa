using System.Globalization;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Unit.Tests.Providers.Fakes;

internal static class FakeGuests
{
    public static NativeId Native(int number) => new(string.Create(CultureInfo.InvariantCulture, $"vm-{number}"));

    public static ObjectId Id(string provider, int number) => ObjectId.Derive(ObjectKind.Guest, provider, Native(number));

    public static Guest One(string provider, int number, PowerState power = PowerState.On) =>
        new()
        {
            Id = Id(provider, number),
            NativeId = Native(number),
            Name = string.Create(CultureInfo.InvariantCulture, $"guest{number}"),
            Provider = provider,
            Power = power,
            Raw = power.ToString(),
        };

    public static IEnumerable<Guest> Many(string provider, int count) => Enumerable.Range(1, count).Select(number => One(provider, number));

    public static GuestStateSeen State(int number, PowerState power) =>
        new(Native(number), power, Transition.None, power.ToString(), ObservationSource.Event, DateTime.UnixEpoch);
}
