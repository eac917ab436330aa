using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VCloud.Inventory;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud.Work;

/// <summary>Gives the new guest its name and size: its template's are others.</summary>
internal sealed class ConfigureStep(Connection connection) : Step(connection)
{
    public const string Name = "configure";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var made = await RequireMadeAsync(step, context, cancellationToken).ConfigureAwait(false);
        if (made.Guest.Name != step.Arguments["name"])
            await System.RenameAsync(made, step.Arguments["name"], cancellationToken).ConfigureAwait(false);
        await System.ResizeAsync(made, Cpus(step), Memory(step), cancellationToken).ConfigureAwait(false);
        if (step.Arguments.TryGetValue("hostname", out var hostname))
            await CustomizeAsync(made, hostname, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) is { } made && made.Guest.Name == step.Arguments["name"] && made.Guest.Vcpus == Cpus(step) && made.Guest.Memory == Memory(step) << 20
            ? WorkStepState.Done
            : WorkStepState.Partial;

    private static int Cpus(WorkStep step) => int.Parse(step.Arguments["cpus"], CultureInfo.InvariantCulture);

    private static long Memory(WorkStep step) => long.Parse(step.Arguments["memory"], CultureInfo.InvariantCulture);

    /// <summary>Reads the section, changes the name in it, and sends it back as it came.</summary>
    private async Task CustomizeAsync(VmDraft made, string hostname, CancellationToken cancellationToken)
    {
        var path = $"{made.Facts.Path}/guestCustomizationSection";
        var section = await System.Client.GetAsync(path, "reading its customization", cancellationToken).ConfigureAwait(false);
        if (section.Text("ComputerName") == hostname)
            return;
        if (section.Child("Enabled") is { } enabled)
            enabled.Value = "true";
        if (section.Child("ComputerName") is { } name)
            name.Value = hostname;
        else
            section.Add(new XElement(VcdXml.Vcloud + "ComputerName", hostname));
        _ = await System.Tasks.RunAsync(new VcdRequest(HttpMethod.Put, path, $"naming '{made.Guest.Name}' inside", section, "vcloud.guestCustomizationSection"), null, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Gives the new guest its tags, as metadata.</summary>
internal sealed class TagStep(Connection connection) : Step(connection)
{
    public const string Name = "tags";
    private const string Prefix = "tag:";

    public static ImmutableSortedDictionary<string, string> Write(ImmutableSortedDictionary<string, string> arguments, ImmutableDictionary<string, string> tags) =>
        arguments.AddRange(tags.Select(tag => KeyValuePair.Create(Prefix + tag.Key, tag.Value)));

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        await System.SetTagsAsync(await RequireMadeAsync(step, context, cancellationToken).ConfigureAwait(false), Tags(step), cancellationToken).ConfigureAwait(false);

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) is { } made && Tags(step).All(tag => made.Guest.Tags.GetValueOrDefault(tag.Key) == tag.Value) ? WorkStepState.Done : WorkStepState.Partial;

    private static ImmutableDictionary<string, string> Tags(WorkStep step) =>
        step.Arguments.Where(argument => argument.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToImmutableDictionary(argument => argument.Key[Prefix.Length..], argument => argument.Value);
}

/// <summary>Starts what the task made.</summary>
internal sealed class StartStep(Connection connection) : Step(connection)
{
    public const string Name = "start";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var made = await RequireMadeAsync(step, context, cancellationToken).ConfigureAwait(false);
        if (made.Guest.Power != PowerState.On)
            await System.StartAsync(made.Guest, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) is { Guest.Power: PowerState.On });

    public override async Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) is { Guest.Power: PowerState.On } made)
            await System.StopAsync(made.Guest, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Deletes a virtual machine: with its vApp where it is the last in it, else out of it.</summary>
internal sealed class DeleteStep(Connection connection) : Step(connection)
{
    public const string Name = "delete";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(step, cancellationToken).ConfigureAwait(false) is not { } guest)
            return;
        // It may have been started since the work was planned, and undeploying would switch it off.
        if (guest.Guest.Power != PowerState.Off)
            throw new ProviderException(ProviderError.Conflict, $"'{guest.Guest.Name}' is not off ({guest.Guest.Raw}): it is not deleted. Stop it first.");
        if (guest.Facts.Deployed)
            await System.DoAsync(guest, VcdRequest.Post($"{guest.Facts.Path}/action/undeploy", $"undeploying '{guest.Guest.Name}'", new XElement(VcdXml.Vcloud + "UndeployVAppParams", new XElement(VcdXml.Vcloud + "UndeployPowerAction", "powerOff")), "vcloud.undeployVAppParams"), draft => !draft.Facts.Deployed, cancellationToken).ConfigureAwait(false);
        if (guest.Facts.Siblings <= 1)
        {
            await DeleteAsync(guest.Facts.VAppPath, guest.Guest.Name, context, cancellationToken).ConfigureAwait(false);
            return;
        }
        var body = new XElement(VcdXml.Vcloud + "RecomposeVAppParams", new XElement(VcdXml.Vcloud + "DeleteItem", new XAttribute("href", new Uri(System.Client.Root, guest.Facts.Path))));
        _ = await System.Tasks.RunAsync(VcdRequest.Post($"{guest.Facts.VAppPath}/action/recomposeVApp", $"deleting '{guest.Guest.Name}'", body, "vcloud.recomposeVAppParams"), context.Progress.Report, cancellationToken).ConfigureAwait(false);
        System.Watched.Poke(guest.Facts.VAppPath);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await FindAsync(step, cancellationToken).ConfigureAwait(false) is null);

    private Task<VmDraft?> FindAsync(WorkStep step, CancellationToken cancellationToken) => System.ReadAsync(new NativeId(step.Arguments["guest"]), cancellationToken);
}
