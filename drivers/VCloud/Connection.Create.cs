using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VCloud.Inventory;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Drivers.VCloud.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud;

internal sealed partial class Connection : IGuestCreate, IGuestDelete, IGuestClone, IGuestSnapshots
{
    private const int LongestName = 128;

    public async Task<WorkPlan> PlanCreateAsync(CreateGuest request, string taskId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _machines.LearnPlacesAsync(_places, cancellationToken).ConfigureAwait(false);
        var hostname = GuestSettings.Hostname(request.Settings);
        var template = Template(request.Image);
        var vdc = Vdc(request, template);
        CheckSize(request.Name, request.Vcpus, request.Memory, vdc.Host);
        RequireStorage(request, vdc);
        await RequireFreeNameAsync(request.Name, cancellationToken).ConfigureAwait(false);
        var networks = request.Networks.Select(name => _estate.Networks.FirstOrDefault(network => network.Network.Name == name && (network.Vdc is null || network.Vdc == vdc.Name)) ?? throw NotFound("network", name, _estate.Networks.Select(network => network.Network.Name))).ToList();
        var common = Arguments(("name", request.Name));
        var make = common.Add("template", template.Path).Add("vdc", vdc.Path);
        for (var at = 0; at < networks.Count; at++)
            make = make.Add($"network-{at:D2}", networks[at].Network.Name).Add($"network-{at:D2}-path", networks[at].Path);
        var configure = common.Add("cpus", request.Vcpus.ToString(CultureInfo.InvariantCulture)).Add("memory", ((request.Memory + Mebi - 1) / Mebi).ToString(CultureInfo.InvariantCulture));
        if (hostname is not null)
            configure = configure.Add("hostname", hostname);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        steps.Add(new WorkStep(InstantiateStep.Name, $"Instantiate {template.Image.Name} in {vdc.Name}", make) { Weight = 10 });
        steps.Add(new WorkStep(ConfigureStep.Name, "Give it its name and size", configure) { Weight = 2 });
        if (request.Tags.Count > 0)
            steps.Add(new WorkStep(TagStep.Name, "Tag it", TagStep.Write(common, request.Tags)));
        if (request.Start)
            steps.Add(new WorkStep(StartStep.Name, "Start it", common));
        return new WorkPlan
        {
            Steps = steps.ToImmutable(),
            Host = vdc.Name,
            Concerns = request.Disk is null ? [] : [new Concern("vcloud.disk", ConcernSeverity.Information, "The disk is the image's", "A guest of a catalog has the disks of its template.", "Make them larger inside Cloud Director.")],
        };
    }

    public async Task<WorkPlan> PlanDeleteAsync(Guest guest, bool keepDisks, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Delete, guest, cancellationToken).ConfigureAwait(false);
        if (keepDisks)
            throw new ProviderException(ProviderError.NotCapable, "Cloud Director deletes a guest with its disks; only independent disks, which are detached first, stay.");
        var label = now.Facts.Siblings > 1 ? $"Delete {now.Guest.Name} out of the vApp {now.Facts.VAppName}" : $"Delete {now.Guest.Name} with its vApp";
        return new WorkPlan { Host = now.Guest.Host, Steps = [new WorkStep(DeleteStep.Name, label, Of(now)) { PointOfNoReturn = true }] };
    }

    public async Task<WorkPlan> PlanCloneAsync(Guest source, CloneGuest request, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Clone, source, cancellationToken).ConfigureAwait(false);
        if (request.Linked == true)
            throw new ProviderException(ProviderError.NotCapable, "Whether a copy stands on its source is Cloud Director's own choice (fast provisioning): ask for a clone as it is.");
        await RequireFreeNameAsync(request.Name, cancellationToken).ConfigureAwait(false);
        var common = Arguments(("name", request.Name));
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        steps.Add(new WorkStep(CloneStep.Name, $"Copy {now.Guest.Name} to {request.Name}", common.Add("source", now.Facts.Path).Add("source-name", now.Guest.Name).Add("vdc", now.Facts.VdcPath ?? "")) { Weight = 10 });
        if (request.Start)
            steps.Add(new WorkStep(StartStep.Name, "Start it", common));
        return new WorkPlan { Host = now.Guest.Host, Steps = steps.ToImmutable() };
    }

    public async Task<WorkPlan> PlanSnapshotAsync(Guest guest, CreateSnapshot request, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.SnapshotCreate, guest, cancellationToken).ConfigureAwait(false);
        if (now.Snapshot is not null)
            throw new ProviderException(ProviderError.Conflict, $"'{now.Guest.Name}' has a snapshot, and Cloud Director keeps one of each guest: delete it first.") { NativeCode = "one-snapshot" };
        var memory = now.Guest.Power == PowerState.On && (request.Memory ?? !request.Quiesce);
        var arguments = Of(now).Add("snapshot", request.Name ?? "snapshot").Add("description", request.Description ?? "").Add("memory", memory ? "true" : "false").Add("quiesce", request.Quiesce ? "true" : "false");
        return new WorkPlan { Host = now.Guest.Host, Steps = [new WorkStep(SnapshotStep.Name, $"Take the snapshot {request.Name ?? "snapshot"}", arguments)] };
    }

    public async Task<WorkPlan> PlanRevertAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.SnapshotRevert, guest, cancellationToken).ConfigureAwait(false);
        return new WorkPlan { Host = now.Guest.Host, Steps = [new WorkStep(RevertStep.Name, "Go back to its snapshot", Of(now)) { PointOfNoReturn = true }] };
    }

    public async Task<WorkPlan> PlanSnapshotDeleteAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.SnapshotDelete, guest, cancellationToken).ConfigureAwait(false);
        return new WorkPlan { Host = now.Guest.Host, Steps = [new WorkStep(SnapshotDeleteStep.Name, "Delete its snapshot", Of(now)) { PointOfNoReturn = true }] };
    }

    private static ImmutableSortedDictionary<string, string> Of(VmDraft draft) => Arguments(("guest", draft.Guest.NativeId.ToString()), ("name", draft.Guest.Name));

    private TemplateDraft Template(string? image)
    {
        if (image is null)
            throw new ProviderException(ProviderError.InvalidArgument, "A guest of a Cloud Director is made from a template of a catalog: give --image.");
        var found = _estate.Templates.Where(template => template.Image.Name == image || template.Image.Id.ToString() == image || template.Image.NativeId.ToString() == image).ToList();
        return found.Count switch
        {
            0 => throw NotFound("template", image, _estate.Templates.Select(template => template.Image.Name)),
            1 => found[0],
            _ => throw new ProviderException(ProviderError.InvalidArgument, $"There are {found.Count} templates '{image}': give the image's id."),
        };
    }

    private VdcDraft Vdc(CreateGuest request, TemplateDraft template)
    {
        if (request.Host is { } name)
            return _estate.Vdcs.FirstOrDefault(vdc => vdc.Name == name) ?? throw NotFound("virtual datacenter", name, _estate.Vdcs.Select(vdc => vdc.Name));
        return _estate.Vdcs.FirstOrDefault(vdc => vdc.Name == template.Vdc && vdc.Host.State == HostState.Up) ?? _estate.Vdcs.FirstOrDefault(vdc => vdc.Host.State == HostState.Up)
            ?? throw new ProviderException(ProviderError.CapacityExceeded, $"{_client.Where} has no virtual datacenter that is enabled.");
    }

    private void RequireStorage(CreateGuest request, VdcDraft vdc)
    {
        if (request.Datastore is { } name && !_estate.Storage.Any(store => store.Name == name && store.Host == vdc.Name))
            throw NotFound("storage profile", name, _estate.Storage.Where(store => store.Host == vdc.Name).Select(store => store.Name));
    }

    /// <summary>Of the system, not of what was seen before: a vApp's name is unique in its virtual datacenter.</summary>
    private async Task RequireFreeNameAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Length is 0 or > LongestName)
            throw new ProviderException(ProviderError.InvalidArgument, $"A guest's name has 1 to {LongestName} characters.");
        if (_estate.Machines.Any(machine => machine.Guest.Name == name) || (await _client.QueryAsync("vApp", $"name=={name}", cancellationToken).ConfigureAwait(false)).Exists(record => record.Attr("name") == name))
            throw new ProviderException(ProviderError.Conflict, $"There is a guest or vApp '{name}' already. Choose another name.") { NativeCode = "DUPLICATE_NAME" };
    }

    private ProviderException NotFound(string kind, string name, IEnumerable<string> known)
    {
        var near = NearestNames.To(name, known);
        return new ProviderException(ProviderError.NotFound, $"{_client.Where} has no {kind} '{name}'{(near.IsEmpty ? "" : $": is it {string.Join(" or ", near)}?")}.") { NativeCode = "RESOURCE_NOT_FOUND" };
    }
}
