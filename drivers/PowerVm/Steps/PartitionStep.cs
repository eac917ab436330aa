using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Steps;

/// <summary>Makes the partition itself, with its task in its description.</summary>
internal sealed class PartitionStep(Connection connection) : Step(connection)
{
    public const string Name = "partition";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) is not null)
            return;
        var name = step.Arguments["name"];
        var request = HmcRequest.Uom(HttpMethod.Put, $"uom/ManagedSystem/{Uuid(step, "system"):D}/LogicalPartition", "LogicalPartition", NewPartition.Body(step, Connection.Mark(context.TaskId)), $"making the partition '{name}'");
        var answer = await Console.Client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!answer.IsEmpty && HmcObject.Read(answer.Xml(request.What), request.What) is [{ Uuid: { } uuid }, ..])
            Console.Watched.Poke(dirt => dirt.Partition(uuid, nics: true));
        context.Progress.Report(1);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) is not null);

    public override async Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) is not { } made)
            return;
        try
        {
            _ = await Console.Client.SendAsync(new HmcRequest(HttpMethod.Delete, made.Facts.Path, $"taking back the partition '{made.Guest.Name}'"), cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            // Gone already.
        }
        Console.Watched.Poke(dirt => dirt.Partition(made.Facts.Uuid, nics: false));
    }
}
