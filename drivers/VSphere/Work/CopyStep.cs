using System.Xml;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>Makes a virtual machine of another: a guest of a template, a clone of a guest, a template of a guest.</summary>
internal sealed class CopyStep(Connection connection) : Step(connection)
{
    public const string Name = "copy";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await MadeAsync(context, cancellationToken).ConfigureAwait(false) is not null)
            return;
        var source = Object(step, "source");
        await SettleAsync(source, context, cancellationToken).ConfigureAwait(false);
        if (await MadeAsync(context, cancellationToken).ConfigureAwait(false) is not null)
            return;
        var record = await System.ReadAsync(source, cancellationToken).ConfigureAwait(false) ?? throw System.NoSuchGuest(step.Arguments["source-name"]);
        await System.LearnAsync(cancellationToken).ConfigureAwait(false);
        var call = new SoapCall("CloneVM_Task", source, $"copying '{record.Name}' to '{step.Arguments["name"]}'", writer => Write(writer, step, context, record));
        await DoAsync(call, source, default, Transition.None, async token => await MadeAsync(context, token).ConfigureAwait(false) is not null, context, cancellationToken).ConfigureAwait(false);
        var made = await MadeAsync(context, cancellationToken).ConfigureAwait(false) ?? throw System.NoSuchGuest(step.Arguments["name"]);
        await SizeAsync(step, made, context, cancellationToken).ConfigureAwait(false);
        System.Watched.Poke(made.Self);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await MadeAsync(context, cancellationToken).ConfigureAwait(false) is not { } made)
            return WorkStepState.NotDone;
        return IsSized(step, made) ? WorkStepState.Done : WorkStepState.Partial;
    }

    public override Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Removal.OfMadeAsync(System, context, cancellationToken);

    /// <summary>A system that copies sizes from the source whatever the copy is told is told again.</summary>
    private async Task SizeAsync(WorkStep step, GuestRecord made, WorkContext context, CancellationToken cancellationToken)
    {
        if (IsSized(step, made))
            return;
        var call = new SoapCall("ReconfigVM_Task", made.Self, $"sizing '{made.Name}'", writer => writer.Inside("spec", null, spec => WriteSize(spec, step)));
        await DoAsync(call, made.Self, made.Self, Transition.Reconfiguring, async token => await MadeAsync(context, token).ConfigureAwait(false) is { } now && IsSized(step, now), context, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsSized(WorkStep step, GuestRecord made) =>
        !step.Arguments.ContainsKey("cpus") || (made.Hardware.Cpus == Number(step, "cpus") && made.Hardware.MemoryMb == Number(step, "memory"));

    private static void WriteSize(XmlWriter config, WorkStep step)
    {
        if (!step.Arguments.ContainsKey("cpus"))
            return;
        config.Number("numCPUs", Number(step, "cpus"));
        config.Number("memoryMB", Number(step, "memory"));
    }

    private void Write(XmlWriter writer, WorkStep step, WorkContext context, GuestRecord source)
    {
        var linked = Optional(step, "snapshot");
        writer.Ref("folder", Object(step, "folder"));
        writer.Text("name", EntityNames.Encode(step.Arguments["name"]));
        writer.Inside("spec", null, spec =>
        {
            spec.Inside("location", null, location => RelocateSpec.Write(location, Optional(step, "host"), Optional(step, "pool"), Optional(step, "datastore"), linked is null ? null : "createNewChildDiskBacking"));
            spec.Flag("template", step.Arguments["template"] == "true");
            spec.Inside("config", null, config =>
            {
                config.Text("instanceUuid", Connection.Mark(context.TaskId).ToString("D"));
                WriteSize(config, step);
                if (NicSpec.Read(step) is { Count: > 0 } nics)
                {
                    foreach (var old in source.Hardware.Nics)
                        DeviceSpecs.Remove(config, DeviceSpecs.TypeOf(old.Model), old.Key);
                    DeviceSpecs.NewNics(config, nics);
                }
                else
                {
                    foreach (var port in source.Hardware.Nics)
                        if (port.NetworkRef is { } reference && System.Estate.Network(reference) is { Self.Type: not "OpaqueNetwork" } network)
                            DeviceSpecs.Readdress(config, port, NicSpec.Of(network, System.Estate));
                }
                ExtraConfig.Write(config, context);
            });
            if (step.Arguments.ContainsKey("customize:hostname"))
                Customization.Write(spec, step, Math.Max(1, NicSpec.Read(step) is { Count: > 0 } ports ? ports.Count : source.Hardware.Nics.Length));
            spec.Flag("powerOn", false);
            if (linked is { } snapshot)
                spec.Ref("snapshot", snapshot);
        });
    }
}
