using System.Xml.Linq;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VCloud.Wire;

namespace Anyvisor.Drivers.VCloud.Work;

/// <summary>Makes a vApp of a catalog's template.</summary>
internal sealed class InstantiateStep(Connection connection) : Step(connection)
{
    public const string Name = "instantiate";

    public override Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var (v, ovf) = (VcdXml.Vcloud, VcdXml.Ovf);
        var networks = Networks(step);
        var body = new XElement(v + "InstantiateVAppTemplateParams", new XAttribute(XNamespace.Xmlns + "ovf", ovf), new XAttribute("name", step.Arguments["name"]), new XAttribute("deploy", "false"), new XAttribute("powerOn", "false"),
            new XElement(v + "Description", Connection.Mark(context.TaskId)),
            networks.Count == 0 ? null : new XElement(v + "InstantiationParams", new XElement(v + "NetworkConfigSection", new XElement(ovf + "Info", "Networks of the vApp"), networks.Select(network =>
                new XElement(v + "NetworkConfig", new XAttribute("networkName", network.Name), new XElement(v + "Configuration",
                    new XElement(v + "ParentNetwork", new XAttribute("href", new Uri(System.Client.Root, network.Path))), new XElement(v + "FenceMode", "bridged")))))),
            new XElement(v + "Source", new XAttribute("href", new Uri(System.Client.Root, step.Arguments["template"]))),
            new XElement(v + "AllEULAsAccepted", "true"));
        return MakeAsync(step, VcdRequest.Post($"{step.Arguments["vdc"]}/action/instantiateVAppTemplate", $"making '{step.Arguments["name"]}'", body, "vcloud.instantiateVAppTemplateParams"), context, cancellationToken);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        await VAppAsync(step, context, cancellationToken).ConfigureAwait(false) is not { } vapp ? WorkStepState.NotDone : VcdTasks.Of(vapp).Exists(VcdTasks.Runs) ? WorkStepState.Partial : WorkStepState.Done;

    public override Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => RemoveMadeAsync(step, context, cancellationToken);

    private static List<(string Name, string Path)> Networks(WorkStep step)
    {
        var networks = new List<(string, string)>();
        for (var at = 0; step.Arguments.TryGetValue($"network-{at:D2}", out var name); at++)
            networks.Add((name, step.Arguments[$"network-{at:D2}-path"]));
        return networks;
    }
}

/// <summary>Makes a vApp with a copy of a virtual machine.</summary>
internal sealed class CloneStep(Connection connection) : Step(connection)
{
    public const string Name = "clone";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var (v, name) = (VcdXml.Vcloud, step.Arguments["name"]);
        var body = new XElement(v + "ComposeVAppParams", new XAttribute("name", name), new XAttribute("deploy", "false"), new XAttribute("powerOn", "false"),
            new XElement(v + "Description", Connection.Mark(context.TaskId)),
            new XElement(v + "SourcedItem", new XElement(v + "Source", new XAttribute("href", new Uri(System.Client.Root, step.Arguments["source"])), new XAttribute("name", name)),
                new XElement(v + "VmGeneralParams", new XElement(v + "Name", name))),
            new XElement(v + "AllEULAsAccepted", "true"));
        await MakeAsync(step, VcdRequest.Post($"{step.Arguments["vdc"]}/action/composeVApp", $"copying '{step.Arguments["source-name"]}'", body, "vcloud.composeVAppParams"), context, cancellationToken).ConfigureAwait(false);
        var made = await RequireMadeAsync(step, context, cancellationToken).ConfigureAwait(false);
        // Versions before 9 give the copy its source's name.
        if (made.Guest.Name != name)
            await System.RenameAsync(made, name, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) is not { } made ? WorkStepState.NotDone : made.Guest.Name == step.Arguments["name"] ? WorkStepState.Done : WorkStepState.Partial;

    public override Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => RemoveMadeAsync(step, context, cancellationToken);
}
