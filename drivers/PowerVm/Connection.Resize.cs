using System.Globalization;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

/// <summary>
/// A partition that is off takes any size that its system has. One that runs, with RMC, takes what lies between its
/// minimum and maximum at once; anything else goes into its profile, for its next start from there.
/// </summary>
internal sealed partial class Connection : IGuestEntitlement, IGuestRename
{
    private const decimal LeastUnitsPerProcessor = 0.05m;
    private const int LongestName = 31;

    public Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, CancellationToken cancellationToken) => ResizeAsync(guest, new Size(vcpus, memory, null), cancellationToken);

    public Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, decimal units, CancellationToken cancellationToken) => ResizeAsync(guest, new Size(vcpus, memory, units), cancellationToken);

    public async Task RenameAsync(Guest guest, string name, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Rename, guest, cancellationToken).ConfigureAwait(false);
        RequireName(name);
        RequireFreeName(name, now.Facts.System, except: now.Facts.Uuid);
        await EditAsync($"{now.Facts.Path}?group=None", "LogicalPartition", $"renaming the partition '{now.Guest.Name}'", partition => Set(partition, "PartitionName", name), cancellationToken).ConfigureAwait(false);
        _watch.Poke(dirt => dirt.Partition(now.Facts.Uuid, nics: false));
    }

    internal static void RequireName(string name)
    {
        if (name.Length is 0 or > LongestName || name.Any(c => c is < ' ' or > '~' or '(' or ')' or '<' or '>' or '*' or '$' or '&' or '?' or '|' or '[' or ']' or '\'' or '"' or '`' or '\\' or ';'))
            throw new ProviderException(ProviderError.InvalidArgument, $"A partition's name has 1 to {LongestName} plain characters, none of ()<>*$&?|[]'\"`\\;, and not '{name}'");
    }

    internal void RequireFreeName(string name, Guid system, Guid? except)
    {
        if (_estate.Partitions.Any(other => other.Facts.System == system && other.Facts.Uuid != except && other.Guest.Name == name))
            throw new ProviderException(ProviderError.Conflict, $"{_estate.SystemName(system)} has a partition '{name}' already. Choose another name.");
    }

    private async Task<ResizeOutcome> ResizeAsync(Guest guest, Size size, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Resize, guest, cancellationToken).ConfigureAwait(false);
        var (facts, running) = (now.Facts, now.Guest.Power == PowerState.On);
        size = Fitting(now, size);
        var what = $"resizing the partition '{now.Guest.Name}'";
        var live = !running || (facts.Monitored == true && IsWithin(facts, size) && (size.Memory is null || facts.LiveMemory) && ((size.Vcpus is null && size.Units is null) || facts.LiveProcessors));
        if (live)
            await EditAsync($"{facts.Path}?group=None", "LogicalPartition", what, partition => Apply(partition.Child("PartitionMemoryConfiguration"), partition.Child("PartitionProcessorConfiguration"), size, facts, widen: !running), cancellationToken).ConfigureAwait(false);
        else
            await EditProfileAsync(now, size, what, cancellationToken).ConfigureAwait(false);
        _watch.Poke(dirt => dirt.Partition(facts.Uuid, nics: false));
        return live ? ResizeOutcome.Applied : ResizeOutcome.AtNextStart;
    }

    /// <summary>Checks what can be checked without sending anything.</summary>
    private Size Fitting(PartitionDraft now, Size size)
    {
        var (facts, guest, system) = (now.Facts, now.Guest, _estate.System(now.Facts.System));
        if (size.Vcpus is < 1)
            throw Wrong($"A partition has at least one processor, not {size.Vcpus}");
        if (size.Memory is { } memory)
            RequireMemory(memory, system, guest.Power == PowerState.On ? guest.Memory : 0);
        if (system is not null && (size.Units ?? (facts.Dedicated ? size.Vcpus : null)) is { } asked && asked > system.Host.Cores && system.Host.Cores > 0)
            throw new ProviderException(ProviderError.CapacityExceeded, $"{system.Name} has {system.Host.Cores} processors: {asked} units are more than that");
        if (facts.Dedicated)
            return size.Units is { } own && own != (size.Vcpus ?? guest.Vcpus)
                ? throw Wrong($"'{guest.Name}' has processors of its own: it is promised each of them whole, and not {own} units")
                : size with { Units = null };
        var (count, units) = (size.Vcpus ?? guest.Vcpus, size.Units ?? guest.Entitlement?.Units ?? 0);
        if (size.Units is not null && units > count)
            throw Wrong($"{units} processing units are more than the {count} virtual processors that would use them: ask for {Math.Ceiling(units)} processors too");
        if (size.Units is not null && units < count * LeastUnitsPerProcessor)
            throw Wrong($"{count} virtual processors need at least {count * LeastUnitsPerProcessor} units between them, {LeastUnitsPerProcessor} each");
        // More processors need more units, fewer can't use as many: as little as must be.
        var needed = Math.Clamp(units, count * LeastUnitsPerProcessor, count);
        return size with { Units = needed != guest.Entitlement?.Units || size.Units is not null ? needed : null };
    }

    internal static void RequireMemory(long memory, SystemDraft? system, long held)
    {
        if (system is null)
            return;
        if (memory > system.Host.Memory && system.Host.Memory > 0)
            throw new ProviderException(ProviderError.CapacityExceeded, $"{system.Name} has {PartitionReader.Mib(system.Host.Memory)} of memory: {PartitionReader.Mib(memory)} are more than that");
        if (held > 0 && memory - held > system.FreeMemory)
            throw new ProviderException(ProviderError.CapacityExceeded, $"{system.Name} has {PartitionReader.Mib(system.FreeMemory)} of memory free, and {PartitionReader.Mib(memory - held)} more are asked for");
        if (system.Region > 0 && memory % system.Region != 0)
            throw Wrong($"{system.Name} gives memory out in pieces of {PartitionReader.Mib(system.Region)}, and {PartitionReader.Mib(memory)} is no multiple of that");
        if (memory < 1 << 27)
            throw Wrong($"A partition has at least 128 MiB of memory, not {PartitionReader.Mib(memory)}");
    }

    private static bool IsWithin(PartitionFacts facts, Size size) =>
        (size.Memory is not { } memory || (memory >= facts.MinMemory && memory <= facts.MaxMemory))
        && (size.Vcpus is not { } vcpus || (vcpus >= facts.MinProcessors && vcpus <= facts.MaxProcessors))
        && (size.Units is not { } units || (units >= facts.MinUnits && units <= facts.MaxUnits));

    private static bool Apply(XElement? memory, XElement? processors, Size size, PartitionFacts facts, bool widen)
    {
        var changed = false;
        if (size.Memory is { } bytes)
            changed |= SetBetween(memory, "Memory", bytes >> 20, widen);
        var own = facts.Dedicated ? processors.Child("DedicatedProcessorConfiguration") : processors.Child("SharedProcessorConfiguration");
        if (size.Vcpus is { } vcpus)
            changed |= SetBetween(own, facts.Dedicated ? "Processors" : "VirtualProcessors", vcpus, widen);
        if (size.Units is { } units)
            changed |= SetBetween(own, "ProcessingUnits", units, widen);
        return changed;
    }

    /// <summary>Sets what is desired, and where the partition is off moves minimum and maximum out of its way.</summary>
    private static bool SetBetween(XElement? element, string name, decimal value, bool widen)
    {
        if (element is null)
            return false;
        var changed = Set(element, "Desired" + name, value);
        if (widen && element.Number("Maximum" + name) is { } most && most < value)
            changed |= Set(element, "Maximum" + name, value);
        if (widen && element.Number("Minimum" + name) is { } least && least > value)
            changed |= Set(element, "Minimum" + name, value);
        return changed;
    }

    private async Task EditProfileAsync(PartitionDraft now, Size size, string what, CancellationToken cancellationToken)
    {
        var profiles = await _client.ListAsync($"{now.Facts.Path}/LogicalPartitionProfile", what, cancellationToken).ConfigureAwait(false);
        var profile = profiles.FirstOrDefault()
            ?? throw new ProviderException(ProviderError.Conflict, $"'{now.Guest.Name}' runs, can't be changed so while it does, and has no profile to be changed for its next start: stop it first") { NativeCode = "no-profile" };
        await EditAsync(
            $"{now.Facts.Path}/LogicalPartitionProfile/{Uri.EscapeDataString(profile.Id)}", "LogicalPartitionProfile", what,
            content => Apply(content.Child("ProfileMemory"), content.Child("ProcessorAttributes"), size, now.Facts, widen: true)
                ? true
                : throw new ProviderException(ProviderError.NotCapable, $"The profile of '{now.Guest.Name}' does not say its size in a way that we know: change it on the console"),
            cancellationToken).ConfigureAwait(false);
    }

    private static bool Set(XElement element, string name, decimal value) => Set(element, name, value.ToString("0.##", CultureInfo.InvariantCulture));

    private static bool Set(XElement element, string name, string value)
    {
        if (element.Child(name) is not { } child || child.Value == value)
            return false;
        child.Value = value;
        return true;
    }

    private static ProviderException Wrong(string message) => new(ProviderError.InvalidArgument, message);

    /// <summary>What is asked for; null keeps.</summary>
    private sealed record Size(int? Vcpus, long? Memory, decimal? Units);
}
