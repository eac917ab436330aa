using System.Globalization;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>Finds guests by name without a table of names: generated names end in their number.</summary>
internal sealed partial class SimEstate
{
    public Guest? FindByName(string name)
    {
        lock (_gate)
        {
            foreach (var guest in _kept.Values)
                if (guest.Name == name)
                    return guest;
            var end = name.AsSpan()[(name.AsSpan().LastIndexOf('-') + 1)..];
            if (long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Named(name, number) is { } found)
                return found;
            // Userids: a letter or a few, then hexadecimal digits.
            for (var prefix = 1; prefix <= Math.Min(3, name.Length - 1); prefix++)
                if (long.TryParse(name.AsSpan(prefix), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && Named(name, number) is { } userid)
                    return userid;
            return null;
        }
    }

    private Guest? Named(string name, long number)
    {
        var index = (int)((number - 1) % GuestFactory.NumbersPerGeneration);
        if ((uint)index >= (uint)_states.Length || (_states[index].Flags & (GuestFlags.Removed | GuestFlags.Adopted)) != 0)
            return null;
        var guest = _factory.Make(index, _states[index], ObservationSource.Poll, Now);
        return guest.Name == name ? guest : null;
    }
}
