using System.Collections.Immutable;

namespace Anyvisor.Model;

internal static class GuestAddresses
{
    internal static ImmutableArray<string> Of(ImmutableArray<Nic> nics)
    {
        if (nics.IsDefaultOrEmpty)
            return [];
        if (nics.Length == 1)
            return nics[0].Addresses.IsDefault ? [] : nics[0].Addresses;
        var all = ImmutableArray.CreateBuilder<string>();
        foreach (var nic in nics)
        {
            if (nic.Addresses.IsDefault)
                continue;
            foreach (var address in nic.Addresses)
                if (!all.Contains(address))
                    all.Add(address);
        }
        return all.DrainToImmutable();
    }
}
