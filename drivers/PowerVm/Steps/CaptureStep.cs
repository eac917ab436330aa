using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Steps;

/// <summary>Captures a partition's configuration to a template. Templates bear no mark: the name, which was free when the work was planned, is it.</summary>
internal sealed class CaptureStep(Connection connection) : Step(connection)
{
    public const string Name = "capture";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await TemplateAsync(step, cancellationToken).ConfigureAwait(false) is not null)
            return;
        var uuid = Uuid(step, "guest");
        (string, string)[] parameters = [("TargetUuid", PartitionFacts.Address(uuid)), ("TemplateName", step.Arguments["image"])];
        _ = await Console.Jobs.RunAsync($"uom/LogicalPartition/{PartitionFacts.Address(uuid)}", "capture", parameters, $"capturing the partition '{step.Arguments["name"]}'", context.Progress.Report, cancellationToken).ConfigureAwait(false);
        Console.Watched.Poke(dirt => dirt.Templates());
        context.Progress.Report(1);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await TemplateAsync(step, cancellationToken).ConfigureAwait(false) is not null);

    public override async Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await TemplateAsync(step, cancellationToken).ConfigureAwait(false) is not { } template)
            return;
        try
        {
            _ = await Console.Client.SendAsync(new HmcRequest(HttpMethod.Delete, $"templates/PartitionTemplate/{Uri.EscapeDataString(template.Id)}", "taking back a template"), cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            // Gone already.
        }
        Console.Watched.Poke(dirt => dirt.Templates());
    }

    private async Task<HmcObject?> TemplateAsync(WorkStep step, CancellationToken cancellationToken) =>
        (await Console.Client.ListAsync("templates/PartitionTemplate?detail=full&draft=false", "listing the templates", cancellationToken).ConfigureAwait(false))
            .FirstOrDefault(template => template.Content.Text("partitionTemplateName") == step.Arguments["image"]);
}
