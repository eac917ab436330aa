using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Vm;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.SolarisZones.Work;

/// <summary>Lays out the making of a zone on SmartOS: one call of vmadm, with an identity that we choose.</summary>
internal static class VmPlans
{
    public static WorkPlan Create(HostFacts host, Surroundings around, CreateGuest request, string taskId, List<ZoneLine> zones, bool taken)
    {
        var alias = VmadmZone.Alias(request.Name);
        if (taken)
            throw new ProviderException(ProviderError.Conflict, $"{host.Name} has a zone '{ZoneNames.Shown(alias)}' already.");
        var brand = request.Settings.GetValueOrDefault("brand", "joyent");
        if (brand is not ("joyent" or "joyent-minimal" or "lx" or "bhyve" or "kvm"))
            throw new ProviderException(ProviderError.NotCapable, $"SmartOS makes zones of the brands joyent, joyent-minimal, lx, bhyve and kvm, not '{ZoneNames.Shown(brand)}'.");
        var image = ImageOf(around, request, brand);
        var uuid = Guid.NewGuid();
        while (zones.Exists(zone => zone.Uuid == uuid))
            uuid = Guid.NewGuid();
        var steps = ImmutableArray.Create(VmCreateStep.For(uuid, alias, Payload(request, brand, image, uuid, taskId)));
        return new WorkPlan { Steps = request.Start ? steps.Add(BootStep.For(uuid.ToString("D"))) : steps, Host = host.Name, Makes = new NativeId(uuid) };
    }

    private static VmImage? ImageOf(Surroundings around, CreateGuest request, string brand)
    {
        if (request.Image is null)
            return brand is "bhyve" or "kvm" ? null
                : around.Images.FirstOrDefault(image => Fits(image, brand)) ?? throw new ProviderException(ProviderError.InvalidArgument, $"A zone of brand {brand} is made from an image, and there is none of its kind here: 'imgadm avail' and 'imgadm import' bring one.");
        return around.Images.FirstOrDefault(image => image.Uuid == request.Image || image.Name == request.Image || $"{image.Name}@{image.Version}" == request.Image)
            ?? throw new ProviderException(ProviderError.NotFound, $"There is no image '{ZoneNames.Shown(request.Image)}': there are {string.Join(", ", around.Images.Select(i => $"{i.Name}@{i.Version}").Take(20))}.");
    }

    private static bool Fits(VmImage image, string brand) => image.Type is "lx-dataset" ? brand == "lx" : image.Type is "zone-dataset" && brand is "joyent" or "joyent-minimal";

    private static string Payload(CreateGuest request, string brand, VmImage? image, Guid uuid, string taskId)
    {
        var machine = brand is "bhyve" or "kvm";
        var megabytes = (request.Memory + (1 << 20) - 1) >> 20;
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteString("uuid", uuid);
        json.WriteString("alias", request.Name);
        json.WriteString("brand", brand);
        json.WriteBoolean("autoboot", request.Settings.GetValueOrDefault("autoboot") == "true");
        json.WriteNumber(machine ? "ram" : "max_physical_memory", megabytes);
        json.WriteNumber(machine ? "vcpus" : "cpu_cap", machine ? request.Vcpus : request.Vcpus * 100L);
        if (!machine && image is not null)
            json.WriteString("image_uuid", image.Uuid);
        if (!machine && request.Disk is { } quota)
            json.WriteNumber("quota", Math.Max(1, (quota + (1 << 30) - 1) >> 30));
        if (brand == "lx")
            json.WriteString("kernel_version", "4.3.0");
        if (request.Datastore is { } pool)
            json.WriteString("zpool", pool);
        if (machine)
            Disks(json, request, image);
        Nics(json, request, machine);
        json.WriteStartObject("internal_metadata");
        json.WriteString(VmJson.TaskMark, taskId);
        json.WriteEndObject();
        if (!request.Tags.IsEmpty)
        {
            json.WriteStartObject("tags");
            foreach (var (name, value) in request.Tags)
                json.WriteString(name, value);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Disks(Utf8JsonWriter json, CreateGuest request, VmImage? image)
    {
        json.WriteStartArray("disks");
        json.WriteStartObject();
        json.WriteBoolean("boot", true);
        json.WriteString("model", "virtio");
        if (image is not null)
            json.WriteString("image_uuid", image.Uuid);
        if (image is null || request.Disk is not null)
            json.WriteNumber(image is null ? "size" : "image_size", (request.Disk ?? 10L << 30) >> 20);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Nics(Utf8JsonWriter json, CreateGuest request, bool machine)
    {
        json.WriteStartArray("nics");
        for (var i = 0; i < request.Networks.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("nic_tag", request.Networks[i]);
            json.WriteStartArray("ips");
            json.WriteStringValue(i == 0 && request.Settings.GetValueOrDefault("address") is { } address ? address : "dhcp");
            json.WriteEndArray();
            if (machine)
                json.WriteString("model", "virtio");
            if (i == 0)
                json.WriteBoolean("primary", true);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}

/// <summary>vmadm create: a zone of the identity that the plan chose is this task's.</summary>
internal sealed class VmCreateStep(GlobalZone zone, ZoneWatch watch, TimeProvider time) : StepKind(zone, watch)
{
    public const string Kind = "vm-create";

    public static WorkStep For(Guid uuid, string alias, string payload) =>
        StepArguments.Make("create", Kind, $"Create the zone {alias}", ("zone", uuid.ToString("D")), ("alias", alias), ("payload", payload)) with { Weight = 20 };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var (uuid, job) = (step["zone"], $"{context.TaskId}-{step.Name}");
        if (await InspectAsync(step, context, cancellationToken).ConfigureAwait(false) != WorkStepState.Done)
            await Zone.StartJobAsync(job, uuid, ["create", step["payload"]], cancellationToken).ConfigureAwait(false);
        await EndOfJobAsync(job, $"create zone '{step["alias"]}'", time, context.Progress, cancellationToken).ConfigureAwait(false);
        Watch.Touch(uuid);
        if (await Zone.FindAsync(uuid, cancellationToken).ConfigureAwait(false) is null)
            throw new ProviderException(ProviderError.ProviderFault, $"vmadm says that it made the zone '{step["alias"]}', and there is none.") { NativeCode = "vmadm:0" };
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await Zone.FindAsync(step["zone"], cancellationToken).ConfigureAwait(false) is { } line)
            return Mapping.State(line.State) is { Lifecycle: Lifecycle.Provisioned } ? WorkStepState.Done : WorkStepState.Partial;
        return (await Zone.LookAtJobAsync($"{context.TaskId}-{step.Name}", cancellationToken).ConfigureAwait(false)).State == JobState.None ? WorkStepState.NotDone : WorkStepState.Partial;
    }

    public override async Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var job = $"{context.TaskId}-{step.Name}";
        while ((await Zone.LookAtJobAsync(job, cancellationToken).ConfigureAwait(false)).State == JobState.Running)
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ConfigureAwait(false);
        await Zone.ForgetJobAsync(job, cancellationToken).ConfigureAwait(false);
        if (await OwnAsync(step, context, cancellationToken).ConfigureAwait(false) is not { } line)
            return;
        await Zone.StartJobAsync(job + "-undo", line.Name, ["delete"], cancellationToken).ConfigureAwait(false);
        await EndOfJobAsync(job + "-undo", $"take back zone '{step["alias"]}'", time, context.Progress, cancellationToken).ConfigureAwait(false);
        Watch.Touch(line.Name);
    }
}

internal sealed class VmDeleteStep(GlobalZone zone, ZoneWatch watch, TimeProvider time) : StepKind(zone, watch)
{
    public const string Kind = "vm-delete";

    public static WorkStep For(ZoneLine line, string alias) =>
        StepArguments.Make("delete", Kind, $"Delete the zone {alias}", ("zone", line.Name)) with { PointOfNoReturn = true, Weight = 3 };

    public override async Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken)
    {
        var job = $"{context.TaskId}-{step.Name}";
        if (await Zone.FindAsync(step["zone"], cancellationToken).ConfigureAwait(false) is not null)
            await Zone.StartJobAsync(job, step["zone"], ["delete"], cancellationToken).ConfigureAwait(false);
        await EndOfJobAsync(job, $"delete zone '{step["zone"]}'", time, context.Progress, cancellationToken).ConfigureAwait(false);
        Watch.Touch(step["zone"]);
        Watch.TouchAround();
    }

    public override async Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) =>
        await Zone.FindAsync(step["zone"], cancellationToken).ConfigureAwait(false) is null ? WorkStepState.Done : WorkStepState.NotDone;
}
