using System.Xml;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>Makes a virtual machine from nothing: with an empty disk, if one is asked for.</summary>
internal sealed class CreateStep(Connection connection) : Step(connection)
{
    public const string Name = "create";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var folder = Object(step, "folder");
        if (await MadeAsync(context, cancellationToken).ConfigureAwait(false) is { } made)
        {
            await SettleAsync(made.Self, context, cancellationToken).ConfigureAwait(false);
            return;
        }
        var call = new SoapCall("CreateVM_Task", folder, $"making '{step.Arguments["name"]}'", writer => Write(writer, step, context));
        await DoAsync(call, folder, default, Transition.None, async token => await MadeAsync(context, token).ConfigureAwait(false) is not null, context, cancellationToken).ConfigureAwait(false);
        if (await MadeAsync(context, cancellationToken).ConfigureAwait(false) is { } there)
            System.Watched.Poke(there.Self);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await MadeAsync(context, cancellationToken).ConfigureAwait(false) is not null);

    public override Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Removal.OfMadeAsync(System, context, cancellationToken);

    private static void Write(XmlWriter writer, WorkStep step, WorkContext context)
    {
        writer.Inside("config", null, config =>
        {
            config.Text("name", EntityNames.Encode(step.Arguments["name"]));
            config.Text("instanceUuid", Connection.Mark(context.TaskId).ToString("D"));
            config.Text("guestId", step.Arguments["guest-id"]);
            config.Inside("files", null, files => files.Text("vmPathName", $"[{step.Arguments["datastore"]}]"));
            config.Number("numCPUs", Number(step, "cpus"));
            config.Number("memoryMB", Number(step, "memory"));
            DeviceSpecs.Controller(config);
            if (step.Arguments.ContainsKey("disk"))
                DeviceSpecs.NewDisk(config, step.Arguments["datastore"], Number(step, "disk"), step.Arguments["thin"] == "true");
            DeviceSpecs.NewNics(config, NicSpec.Read(step));
            ExtraConfig.Write(config, context);
            config.Optional("firmware", step.Arguments.GetValueOrDefault("firmware"));
        });
        writer.Ref("pool", Object(step, "pool"));
        if (Optional(step, "host") is { } host)
            writer.Ref("host", host);
    }
}
