using System.Globalization;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>A guest's size, or what of it is to change: null stays. As text it is what a journal keeps.</summary>
/// <param name="Memory">Bytes.</param>
/// <param name="Entitlement">Promised units.</param>
internal readonly record struct GuestSize(int? Vcpus, long? Memory, decimal? Entitlement)
{
    /// <summary>What the guest has of that which <paramref name="change"/> changes: it takes the change back.</summary>
    public static GuestSize Of(Guest guest, GuestSize change) =>
        new(guest.Vcpus, guest.Memory, change.Entitlement is null ? null : guest.Entitlement?.Units);

    public bool IsOf(Guest guest) =>
        (Vcpus ?? guest.Vcpus) == guest.Vcpus && (Memory ?? guest.Memory) == guest.Memory && (Entitlement is null || Entitlement == guest.Entitlement?.Units);

    public string Label(Guest guest) =>
        string.Create(CultureInfo.InvariantCulture, $"{Vcpus ?? guest.Vcpus} processors and {(Memory ?? guest.Memory) >> 20} MiB")
        + (Entitlement is { } units ? string.Create(CultureInfo.InvariantCulture, $", {units} units promised") : "");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Vcpus}/{Memory}/{Entitlement}");

    /// <summary>Also what was written before there were entitlements: two parts.</summary>
    public static GuestSize Parse(string text)
    {
        var parts = text.Split('/');
        return new(
            parts[0].Length == 0 ? null : int.Parse(parts[0], CultureInfo.InvariantCulture),
            parts[1].Length == 0 ? null : long.Parse(parts[1], CultureInfo.InvariantCulture),
            parts.Length < 3 || parts[2].Length == 0 ? null : decimal.Parse(parts[2], CultureInfo.InvariantCulture)
        );
    }
}
