using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones;

internal sealed partial class Connection : IGuestRename, IGuestResize
{
    private const long LeastMemory = 16 << 20;
    private const long MostAddressable = 1L << 52;
    private const int MostProcessors = 100_000;

    public async Task RenameAsync(Guest guest, string name, CancellationToken cancellationToken)
    {
        var line = await LocateAsync(guest, cancellationToken).ConfigureAwait(false);
        if (Facts.Flavor != Flavor.SmartOs)
        {
            _ = ZoneNames.Require(name);
            await RequireFreeNameAsync(name, cancellationToken).ConfigureAwait(false);
            if (Mapping.State(line.State).Power != PowerState.Off)
                throw Conflict(guest, $"is '{line.State}': it is renamed while it is off.");
        }
        await _zone.RenameAsync(line, name, cancellationToken).ConfigureAwait(false);
        _watch.Touch(line.Name);
    }

    public async Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, CancellationToken cancellationToken)
    {
        var line = await LocateAsync(guest, cancellationToken).ConfigureAwait(false);
        // A zone without a bound has 0: what stays unbounded is not asked for.
        if (guest.Vcpus == 0 && vcpus == 0)
            vcpus = null;
        if (guest.Memory == 0 && memory == 0)
            memory = null;
        RequireRoom(vcpus, memory);
        if (vcpus is null && memory is null)
            return ResizeOutcome.Applied;
        try
        {
            return await _zone.ResizeAsync(line, vcpus, memory, cancellationToken).ConfigureAwait(false) ? ResizeOutcome.Applied : ResizeOutcome.AtNextStart;
        }
        finally
        {
            _watch.Touch(line.Name);
        }
    }

    private void RequireRoom(int? vcpus, long? memory)
    {
        if (vcpus < 1 || memory < LeastMemory)
            throw new ProviderException(ProviderError.InvalidArgument, "A zone needs at least one processor and 16 MiB of memory.");
        // What every processor of theirs can address, for where the host does not say what it has (RAD).
        if (memory > MostAddressable || vcpus > MostProcessors)
            throw new ProviderException(ProviderError.CapacityExceeded, $"No machine has {vcpus} processors and {memory} bytes of memory: physical addresses have 52 bits.");
        if (Facts.Memory > 0 && memory > Facts.Memory)
            throw new ProviderException(ProviderError.CapacityExceeded, $"{ZoneSizes.Text(memory.Value)} of memory are more than the {ZoneSizes.Text(Facts.Memory)} that {Facts.Name} has (prtconf).");
        if (Facts.Cpus > 0 && vcpus > Facts.Cpus)
            throw new ProviderException(ProviderError.CapacityExceeded, $"{vcpus} processors are more than the {Facts.Cpus} that {Facts.Name} has (psrinfo).");
    }

    private async Task RequireFreeNameAsync(string name, CancellationToken cancellationToken)
    {
        if (await _zone.FindAsync(name, cancellationToken).ConfigureAwait(false) is not null)
            throw new ProviderException(ProviderError.Conflict, $"{Facts.Name} has a zone '{name}' already.");
    }
}
