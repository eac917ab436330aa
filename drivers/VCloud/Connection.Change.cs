using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.VCloud.Inventory;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud;

internal sealed partial class Connection : IGuestRename, IGuestResize, ITags
{
    private const long Mebi = 1 << 20;

    public async Task RenameAsync(Guest guest, string name, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Rename, guest, cancellationToken).ConfigureAwait(false);
        if (now.Guest.Name != name)
            await RenameAsync(now, name, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Resize, guest, cancellationToken).ConfigureAwait(false);
        var (cpus, mebibytes) = (vcpus ?? now.Guest.Vcpus, ((memory ?? now.Guest.Memory) + Mebi - 1) / Mebi);
        CheckSize(now.Guest.Name, cpus, mebibytes * Mebi, _estate.Vdcs.FirstOrDefault(vdc => vdc.Name == now.Guest.Host)?.Host);
        if (now.Guest.Power == PowerState.On)
            CheckHotAdd(now, cpus, mebibytes);
        await ResizeAsync(now, cpus, mebibytes, cancellationToken).ConfigureAwait(false);
        return ResizeOutcome.Applied;
    }

    public async Task SetTagsAsync(Guest guest, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Tag, guest, cancellationToken).ConfigureAwait(false);
        await SetTagsAsync(now, tags, cancellationToken).ConfigureAwait(false);
    }

    internal async Task SetTagsAsync(VmDraft now, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var path = $"{now.Facts.Path}/metadata";
        var has = Metadata.Read(await _client.FindAsync(path, "reading metadata", cancellationToken).ConfigureAwait(false));
        var set = tags.Where(tag => tag.Key != Metadata.VApp && (!has.TryGetValue(tag.Key, out var value) || value != tag.Value)).ToList();
        if (set.Count > 0)
            await DoAsync(now, VcdRequest.Post(path, $"tagging '{now.Guest.Name}'", Metadata.Write(set), "vcloud.metadata"), draft => set.TrueForAll(tag => draft.Guest.Tags.GetValueOrDefault(tag.Key) == tag.Value), cancellationToken).ConfigureAwait(false);
        foreach (var gone in has.Keys.Where(key => !tags.ContainsKey(key) && !Metadata.IsOurs(key)))
            await ForgetAsync(now, gone, cancellationToken).ConfigureAwait(false);
        _watch.Poke(now.Facts.VAppPath);
    }

    internal Task RenameAsync(VmDraft now, string name, CancellationToken cancellationToken)
    {
        var body = new XElement(VcdXml.Vcloud + "Vm", new XAttribute("name", name), now.Guest.Description is { } description ? new XElement(VcdXml.Vcloud + "Description", description) : null);
        return DoAsync(now, new VcdRequest(HttpMethod.Put, now.Facts.Path, $"renaming '{now.Guest.Name}'", body, "vcloud.vm"), draft => draft.Guest.Name == name, cancellationToken);
    }

    internal async Task ResizeAsync(VmDraft now, int cpus, long mebibytes, CancellationToken cancellationToken)
    {
        if (cpus != now.Guest.Vcpus)
            await EditAsync(now, "cpu", cpus, draft => draft.Guest.Vcpus == cpus, cancellationToken).ConfigureAwait(false);
        if (mebibytes * Mebi != now.Guest.Memory)
            await EditAsync(now, "memory", mebibytes, draft => draft.Guest.Memory == mebibytes * Mebi, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Metadata that are not there are none that have to go.</summary>
    internal async Task ForgetAsync(VmDraft now, string key, CancellationToken cancellationToken)
    {
        try
        {
            _ = await _tasks.RunAsync(new VcdRequest(HttpMethod.Delete, $"{now.Facts.Path}/metadata/{Uri.EscapeDataString(key)}", $"taking the tag '{key}' from '{now.Guest.Name}'"), null, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            // Gone already.
        }
    }

    /// <summary>Refuses what the virtual datacenter could never give it, where it says what it has.</summary>
    internal static void CheckSize(string name, int vcpus, long memory, Host? vdc)
    {
        if (vcpus < 1 || memory < 4 * Mebi)
            throw new ProviderException(ProviderError.InvalidArgument, $"'{name}' can't have {vcpus} processors and {memory} bytes of memory.");
        if (vdc is { Memory: > 0 } && memory > vdc.Memory)
            throw new ProviderException(ProviderError.CapacityExceeded, $"'{name}' would have {memory / Mebi} MiB of memory, and {vdc.Name} has {vdc.Memory / Mebi} MiB in all.") { NativeCode = "ComputeCapacity/Memory" };
        if (vdc is { Cpus: > 0 } && vcpus > vdc.Cpus)
            throw new ProviderException(ProviderError.CapacityExceeded, $"'{name}' would have {vcpus} processors, and {vdc.Name} has {vdc.Cpus}.") { NativeCode = "ComputeCapacity/Cpu" };
    }

    private static void CheckHotAdd(VmDraft now, int cpus, long mebibytes)
    {
        if (cpus < now.Guest.Vcpus || mebibytes * Mebi < now.Guest.Memory)
            throw new ProviderException(ProviderError.Conflict, $"'{now.Guest.Name}' is on: nothing can be taken from it while it runs. Stop it first.") { NativeCode = "hot-remove" };
        if ((cpus > now.Guest.Vcpus && !now.Facts.CpuHotAdd) || (mebibytes * Mebi > now.Guest.Memory && !now.Facts.MemoryHotAdd))
            throw new ProviderException(ProviderError.Conflict, $"'{now.Guest.Name}' is on, and that can't be added while it runs: hot add is off. Stop it first.") { NativeCode = "no-hot-add" };
    }

    /// <summary>Reads an item of the hardware, changes its amount, and sends it back as it came.</summary>
    private async Task EditAsync(VmDraft now, string item, long amount, Func<VmDraft, bool> done, CancellationToken cancellationToken)
    {
        var path = $"{now.Facts.Path}/virtualHardwareSection/{item}";
        var body = await _client.GetAsync(path, $"reading the {item} of '{now.Guest.Name}'", cancellationToken).ConfigureAwait(false);
        var quantity = body.Child("VirtualQuantity") ?? throw new ProviderException(ProviderError.ProtocolViolation, $"{_client.Where} tells no amount of {item} of '{now.Guest.Name}'.");
        quantity.Value = amount.ToString(CultureInfo.InvariantCulture);
        await DoAsync(now, new VcdRequest(HttpMethod.Put, path, $"resizing '{now.Guest.Name}'", body, "vcloud.rasdItem"), done, cancellationToken).ConfigureAwait(false);
    }
}
