using System.Net;
using System.Net.Sockets;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>A nic within a <see cref="GuestRow"/>. Addresses that are spelled the usual way take 5 or 17 bytes.</summary>
internal static class NicRow
{
    private const byte AsText = 0;

    internal static void Write(Nic nic, RowWriter to)
    {
        to.Number(nic.Mac is { } mac ? (long)(mac.Value + 1) : 0);
        to.Shared(nic.Network);
        to.Shared(nic.Model);
        to.Number(nic.Addresses.IsDefault ? 0 : nic.Addresses.Length);
        if (nic.Addresses.IsDefault)
            return;
        Span<byte> bytes = stackalloc byte[16];
        foreach (var address in nic.Addresses)
        {
            // Only a spelling that comes back the same is kept as an address.
            if (IPAddress.TryParse(address, out var ip) && ip.ScopeIdOrZero() == 0 && ip.ToString() == address && ip.TryWriteBytes(bytes, out var length))
            {
                to.Byte((byte)length);
                to.Bytes(bytes[..length]);
            }
            else
            {
                to.Byte(AsText);
                to.Text(address);
            }
        }
    }

    internal static Nic Read(ref RowReader from)
    {
        var mac = (ulong)from.Number();
        var (network, model) = (from.Shared(), from.Shared());
        var addresses = new string[from.Number()];
        for (var i = 0; i < addresses.Length; i++)
        {
            var length = from.Byte();
            addresses[i] = length == AsText ? from.Text()! : new IPAddress(from.Bytes(length)).ToString();
        }
        return new Nic
        {
            Mac = mac == 0 ? null : new MacAddress(mac - 1),
            Network = network,
            Model = model,
            Addresses = System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(addresses),
        };
    }

    internal static void Skip(ref RowReader from)
    {
        _ = from.Number();
        _ = from.Code();
        _ = from.Code();
        for (var addresses = from.Number(); addresses > 0; addresses--)
            if (from.Byte() is var length && length == AsText)
                from.SkipText();
            else
                from.Bytes(length);
    }

    /// <summary>Addresses are the same in the store and in memory.</summary>
    internal static void CopyAddresses(ref RowReader from, RowWriter to)
    {
        var addresses = from.Number();
        if (addresses < 0)
            throw new InvalidDataException("A stored guest has fewer than no addresses.");
        to.Number(addresses);
        for (; addresses > 0; addresses--)
        {
            var length = from.Byte();
            to.Byte(length);
            if (length == AsText)
                to.TextBytes(from.TextBytes());
            else if (length is 4 or 16)
                to.Bytes(from.Bytes(length));
            else
                throw new InvalidDataException("A stored guest has an address of a length that none has.");
        }
    }

    private static long ScopeIdOrZero(this IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
