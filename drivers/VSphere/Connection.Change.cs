using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

internal sealed partial class Connection : IGuestRename, IGuestResize, ITags
{
    private const long Mebi = 1 << 20;

    /// <summary>What is kept of a tag without a value: vCenter drops an attribute whose value is empty.</summary>
    private const string NoValue = " ";

    public async Task RenameAsync(Guest guest, string name, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Rename, guest, cancellationToken).ConfigureAwait(false);
        if (now.Name == name)
            return;
        if (Estate.All<GuestRecord>().Any(other => other.Name == name && other.Parent == now.Parent))
            throw new ProviderException(ProviderError.Conflict, $"There is a virtual machine '{name}' in that folder already. Choose another name.") { NativeCode = "DuplicateName" };
        var call = new SoapCall("Rename_Task", now.Self, $"renaming '{now.Name}'", writer => writer.Text("newName", EntityNames.Encode(name)));
        await DoAsync(call, now, record => record.Name == name, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Resize, guest, cancellationToken).ConfigureAwait(false);
        var (cpus, mebibytes) = (vcpus ?? now.Hardware.Cpus, memory is { } bytes ? (bytes + Mebi - 1) / Mebi : now.Hardware.MemoryMb);
        if (cpus == now.Hardware.Cpus && mebibytes == now.Hardware.MemoryMb)
            return ResizeOutcome.Applied;
        CheckSize(now.Name, cpus, mebibytes * Mebi, await HostAsync(now.Host, cancellationToken).ConfigureAwait(false));
        if (Mapping.Power(now.PowerWord) == PowerState.On)
            CheckHotAdd(now, cpus, mebibytes);
        var call = new SoapCall("ReconfigVM_Task", now.Self, $"resizing '{now.Name}'", writer => writer.Inside("spec", null, spec =>
        {
            if (cpus != now.Hardware.Cpus)
                spec.Number("numCPUs", cpus);
            if (cpus != now.Hardware.Cpus && now.Hardware.CoresPerSocket > 1 && cpus % now.Hardware.CoresPerSocket != 0)
                spec.Number("numCoresPerSocket", 1);
            if (mebibytes != now.Hardware.MemoryMb)
                spec.Number("memoryMB", mebibytes);
        }));
        await DoAsync(call, now, record => record.Hardware.Cpus == cpus && record.Hardware.MemoryMb == mebibytes, cancellationToken).ConfigureAwait(false);
        return ResizeOutcome.Applied;
    }

    public async Task SetTagsAsync(Guest guest, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Tag, guest, cancellationToken).ConfigureAwait(false);
        await SetTagsAsync(now, tags, cancellationToken).ConfigureAwait(false);
    }

    internal async Task SetTagsAsync(GuestRecord now, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var manager = _client.Content.CustomFieldsManager!.Value;
        var fields = new FieldsRecord(manager);
        _ = await ReadIntoAsync(fields, [("CustomFieldsManager", ["field"])], "reading the custom attributes", cancellationToken).ConfigureAwait(false);
        var has = now.CustomValues.ToDictionary(value => value.Field, value => value.Value);
        foreach (var (name, value) in tags)
        {
            var kept = value.Length == 0 ? NoValue : value;
            var key = fields.Fields.Where(field => field.Value.Name == name && field.Value.Type is "" or "VirtualMachine").Select(field => (int?)field.Key).FirstOrDefault()
                ?? await AddFieldAsync(manager, name, cancellationToken).ConfigureAwait(false);
            if (has.GetValueOrDefault(key) != kept)
                await SetFieldAsync(manager, now, key, kept, cancellationToken).ConfigureAwait(false);
        }
        // What we can't name (other tools keep their own there) is left alone.
        foreach (var key in has.Keys.Where(key => fields.Fields.TryGetValue(key, out var field) && !tags.ContainsKey(field.Name)))
            await SetFieldAsync(manager, now, key, "", cancellationToken).ConfigureAwait(false);
        _watch.Poke(manager, now.Self);
    }

    /// <summary>Refuses what no host of the guest's could give it, with the number that the host says.</summary>
    internal static void CheckSize(string name, int vcpus, long memory, HostRecord? host)
    {
        if (vcpus < 1)
            throw new ProviderException(ProviderError.InvalidArgument, $"'{name}' can't have {vcpus} processors.");
        if (memory < 4 * Mebi)
            throw new ProviderException(ProviderError.InvalidArgument, $"'{name}' can't have {memory} bytes of memory: vSphere gives it in MiB, four at least.");
        if (host is { Memory: > 0 } && memory > host.Memory)
            throw new ProviderException(ProviderError.CapacityExceeded, $"'{name}' would have {memory / Mebi} MiB of memory, and {host.Name} has {host.Memory / Mebi} MiB in all.") { NativeCode = "summary.hardware.memorySize" };
        if (host is { Threads: > 0 } && vcpus > host.Threads)
            throw new ProviderException(ProviderError.CapacityExceeded, $"'{name}' would have {vcpus} processors, and {host.Name} has {host.Threads}.") { NativeCode = "summary.hardware.numCpuThreads" };
    }

    private static void CheckHotAdd(GuestRecord now, int cpus, long mebibytes)
    {
        var less = cpus < now.Hardware.Cpus ? "processors" : mebibytes < now.Hardware.MemoryMb ? "memory" : null;
        if (less is not null)
            throw new ProviderException(ProviderError.Conflict, $"'{now.Name}' is on: {less} can't be taken from it while it runs. Stop it first.") { NativeCode = "hot-remove" };
        var off = cpus > now.Hardware.Cpus && !now.CpuHotAdd ? "processors" : mebibytes > now.Hardware.MemoryMb && !now.MemoryHotAdd ? "memory" : null;
        if (off is not null)
            throw new ProviderException(ProviderError.Conflict, $"'{now.Name}' is on, and {off} can't be added while it runs: hot add is off in its configuration. Stop it first.") { NativeCode = "no-hot-add" };
    }

    /// <summary>Runs a task whose effect can be seen: so a lost answer is no question.</summary>
    private async Task DoAsync(SoapCall call, GuestRecord guest, Func<GuestRecord, bool> done, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _ = await RunAsync(call, guest.Self, Transition.Reconfiguring, null, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ProviderException e) when (e.OutcomeUnknown && attempt < 3)
            {
                var now = await ReadAsync(guest.Self, cancellationToken).ConfigureAwait(false) ?? throw NoSuchGuest(guest.Name);
                if (done(now))
                    return;
            }
        }
    }

    private async Task<int> AddFieldAsync(MoRef manager, string name, CancellationToken cancellationToken)
    {
        var call = new SoapCall("AddCustomFieldDef", manager, $"making the custom attribute '{name}'", writer =>
        {
            writer.Text("name", name);
            writer.Text("moType", "VirtualMachine");
        });
        return await _client.CallAsync(call, reader =>
        {
            var key = 0;
            var answer = reader.Enter();
            while (reader.NextChild(answer))
                key = FieldsRecord.Read(reader).Key;
            return key;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Setting it twice is setting it once, so a lost answer is answered by asking again.</summary>
    private Task SetFieldAsync(MoRef manager, GuestRecord guest, int key, string value, CancellationToken cancellationToken) =>
        _client.CallAsync(SoapCall.Read("SetField", manager, $"tagging '{guest.Name}'", writer =>
        {
            writer.Ref("entity", guest.Self);
            writer.Number("key", key);
            writer.Text("value", value);
        }), cancellationToken);
}
