using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Drivers.VSphere.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

internal sealed partial class Connection : IGuestCreate, IGuestDelete, IGuestClone, IGuestCapture
{
    private const int LongestName = 80;

    public async Task<WorkPlan> PlanCreateAsync(CreateGuest request, string taskId, CancellationToken cancellationToken)
    {
        await LearnAsync(cancellationToken).ConfigureAwait(false);
        RequireChanges();
        var settings = GuestSettings.Read(request.Settings);
        var source = request.Image is { } image ? await TemplateAsync(image, cancellationToken).ConfigureAwait(false) : null;
        if (settings.Customization.Count > 0 && (source is null || GuestOs.Of(source.GuestId).Os.Family != OsFamily.Linux))
            throw new ProviderException(ProviderError.InvalidArgument, "The settings hostname, ip and so on are for guests that are made from an image of Linux.");
        if (request.Tags.Count > 0 && _client.Content.CustomFieldsManager is null)
            throw new ProviderException(ProviderError.NotCapable, "Tags are a vCenter's: an ESXi by itself keeps none.");
        var place = new Placing(Estate, _client.Where).Of(request, settings, source);
        CheckSize(request.Name, request.Vcpus, request.Memory, place.Host);
        await RequireFreeNameAsync(request.Name, place.Folder, cancellationToken).ConfigureAwait(false);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        var common = Arguments(("name", request.Name));
        var sized = common.AddRange([Pair("cpus", request.Vcpus), Pair("memory", (request.Memory + Mebi - 1) / Mebi), Pair("pool", place.Pool), Pair("folder", place.Folder), Pair("host", place.Host.Self)]);
        sized = NicSpec.Write(sized, place.Nics);
        if (source is not null)
        {
            var copy = Customization.Keep(sized, settings.Customization).Add("source", Step.Write(source.Self)).Add("source-name", source.Name).Add("datastore", Step.Write(place.Datastore.Self)).Add("template", "false");
            steps.Add(new WorkStep(CopyStep.Name, $"Copy the template {source.Name} to {place.Datastore.Name}", copy) { Weight = 10 });
            if (request.Disk is { } size && size > (source.Hardware.Disks.FirstOrDefault(disk => disk.Device == "disk").Capacity ?? 0))
                steps.Add(new WorkStep(GrowStep.Name, "Grow its disk", common.Add("disk", size.ToString(CultureInfo.InvariantCulture))));
        }
        else
        {
            var make = sized.Add("datastore", place.Datastore.Name).Add("guest-id", settings.GuestId ?? "otherLinux64Guest").Add("thin", settings.Thin ? "true" : "false");
            if (request.Disk is { } size)
                make = make.Add("disk", size.ToString(CultureInfo.InvariantCulture));
            if (settings.Firmware is { } firmware)
                make = make.Add("firmware", firmware);
            steps.Add(new WorkStep(CreateStep.Name, $"Make the virtual machine {request.Name} on {place.Host.Name}", make) { Weight = 3 });
        }
        if (request.Tags.Count > 0)
            steps.Add(new WorkStep(TagStep.Name, "Tag it", TagStep.Write(common, request.Tags)));
        if (request.Start)
            steps.Add(new WorkStep(StartStep.Name, "Start it", common));
        return new WorkPlan { Steps = steps.ToImmutable(), Host = place.Host.Name, Makes = new NativeId(Mark(taskId)) };
    }

    public async Task<WorkPlan> PlanDeleteAsync(Guest guest, bool keepDisks, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Delete, guest, cancellationToken).ConfigureAwait(false);
        var label = keepDisks ? $"Take {now.Name} out of the inventory and leave its files" : $"Delete {now.Name} with its disks";
        return new WorkPlan
        {
            Host = guest.Host,
            Steps = [new WorkStep(DeleteStep.Name, label, Of(now).Add("keep-disks", keepDisks ? "true" : "false")) { PointOfNoReturn = true }],
        };
    }

    public async Task<WorkPlan> PlanCloneAsync(Guest source, CloneGuest request, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Clone, source, cancellationToken).ConfigureAwait(false);
        await RequireFreeNameAsync(request.Name, now.Parent, cancellationToken).ConfigureAwait(false);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        var concerns = ImmutableArray<Concern>.Empty;
        var copy = Copy(now, request.Name, template: false);
        if (request.Linked == true)
        {
            var current = Array.Find(now.Snapshots, node => node.Current)
                ?? throw new ProviderException(ProviderError.Conflict, $"'{now.Name}' has no snapshot, and a linked clone stands on one: take a snapshot first, or make a full clone.") { NativeCode = "no-snapshot" };
            copy = copy.Add("snapshot", Step.Write(current.Self));
            concerns = [new Concern("vsphere.linked", ConcernSeverity.Information, "Linked clone", $"It stands on the snapshot '{current.Name}' of {now.Name}, which can't be deleted as long as the clone is there.")];
        }
        steps.Add(new WorkStep(CopyStep.Name, $"Copy {now.Name} to {request.Name}", copy) { Weight = 10 });
        if (request.Start)
            steps.Add(new WorkStep(StartStep.Name, "Start it", Arguments(("name", request.Name))));
        return new WorkPlan { Steps = steps.ToImmutable(), Host = source.Host, Makes = new NativeId(Mark(taskId)), Concerns = concerns };
    }

    public async Task<WorkPlan> PlanCaptureAsync(Guest guest, CaptureGuest request, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Capture, guest, cancellationToken).ConfigureAwait(false);
        await RequireFreeNameAsync(request.Name, now.Parent, cancellationToken).ConfigureAwait(false);
        return new WorkPlan
        {
            Host = guest.Host,
            Makes = new NativeId(Mark(taskId)),
            Steps = [new WorkStep(CopyStep.Name, $"Copy {now.Name} to the template {request.Name}", Copy(now, request.Name, template: true)) { Weight = 10 }],
            Concerns = Mapping.Power(now.PowerWord) == PowerState.On
                ? [new Concern("vsphere.crash-consistent", ConcernSeverity.Warning, "Copied while it runs", $"{now.Name} is on: the template holds its disks as after a power cut.", "Stop it first, where that matters.")]
                : [],
        };
    }

    /// <summary>What a step needs to find the guest again.</summary>
    private static ImmutableSortedDictionary<string, string> Of(GuestRecord guest) => Arguments(("guest", guest.NativeId.ToString()), ("name", guest.Name));

    private static KeyValuePair<string, string> Pair(string name, long number) => KeyValuePair.Create(name, number.ToString(CultureInfo.InvariantCulture));

    private static KeyValuePair<string, string> Pair(string name, MoRef reference) => KeyValuePair.Create(name, Step.Write(reference));

    private static ImmutableSortedDictionary<string, string> Copy(GuestRecord source, string name, bool template)
    {
        var copy = Arguments(("name", name), ("source", Step.Write(source.Self)), ("source-name", source.Name), ("folder", Step.Write(source.Parent)), ("template", template ? "true" : "false"));
        return source.ResourcePool.IsEmpty ? copy : copy.Add("pool", Step.Write(source.ResourcePool));
    }

    /// <summary>Plans are made of what the watch has seen; before it has, everything is read once.</summary>
    internal async Task LearnAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!Estate.All<HostRecord>().Any())
            await _watch.LearnAsync(cancellationToken).ConfigureAwait(false);
    }

    private void RequireChanges()
    {
        if (IsReadOnly)
            throw new ProviderException(ProviderError.NotCapable, $"{_client.Where} is an ESXi with the free licence, whose interface changes nothing: manage it through a vCenter, or give it a licence.") { NativeCode = "license-read-only" };
    }

    private async Task<GuestRecord> TemplateAsync(string image, CancellationToken cancellationToken)
    {
        var shape = new GuestShape(_address.Provider, Estate, _time);
        var found = Estate.All<GuestRecord>().Where(record => record.IsTemplate && (record.Name == image || record.NativeId.ToString() == image || shape.Image(record).Id.ToString() == image)).ToList();
        if (found.Count > 1)
            throw new ProviderException(ProviderError.InvalidArgument, $"There are {found.Count} templates '{image}': give the image's id.");
        if (found.Count == 1 && !IsVCenter)
            throw new ProviderException(ProviderError.NotCapable, $"'{image}': an ESXi by itself can't copy templates, that needs a vCenter.");
        return found.Count == 1 && await ReadAsync(found[0].Self, cancellationToken).ConfigureAwait(false) is { } now
            ? now
            : throw new ProviderException(ProviderError.NotFound, $"{_client.Where} has no template '{image}'.") { NativeCode = VimErrors.NoSuchObject };
    }

    /// <summary>Of the system, not of what was seen before.</summary>
    private async Task RequireFreeNameAsync(string name, MoRef folder, CancellationToken cancellationToken)
    {
        if (name.Length is 0 or > LongestName)
            throw new ProviderException(ProviderError.InvalidArgument, $"A virtual machine's name has 1 to {LongestName} characters.");
        var child = await _client.CallAsync(SoapCall.Read("FindChild", _client.Content.SearchIndex, $"looking for '{name}'", writer =>
        {
            writer.Ref("entity", folder);
            writer.Text("name", EntityNames.Encode(name));
        }), Properties.ReadOptionalRef, cancellationToken).ConfigureAwait(false);
        if (child is { Type: "VirtualMachine" })
            throw new ProviderException(ProviderError.Conflict, $"There is a virtual machine '{name}' in that folder already. Choose another name.") { NativeCode = "DuplicateName" };
    }
}
