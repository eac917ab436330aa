using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Steps;

/// <summary>Takes away what a VIOS serves a partition: the console leaves it behind when a partition is deleted.</summary>
internal sealed class UnmapStep(Connection connection) : Step(connection)
{
    public const string Name = "unmap";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        try
        {
            await Console.EditAsync(Vios(step), "VirtualIOServer", $"taking away what {step.Arguments["vios-name"]} serves '{step.Arguments["name"]}'", vios =>
            {
                var mine = Mappings(vios, Uuid(step, "guest"));
                mine.ForEach(mapping => mapping.Remove());
                return mine.Count > 0;
            }, cancellationToken).ConfigureAwait(false);
            Console.Watched.Poke(dirt => dirt.Vios(Uuid(step, "vios")));
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            // The VIOS is gone, with what it served.
        }
        context.Progress.Report(1);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var vios = await Console.Client.FindAsync(Vios(step), "looking at a VIOS", cancellationToken).ConfigureAwait(false);
        return DoneIf(vios is null || Mappings(vios.Content, Uuid(step, "guest")).Count == 0);
    }

    /// <summary>There is no way back: the plan says so.</summary>
    public override Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    private static List<XElement> Mappings(XElement vios, Guid guest) =>
    [
        .. vios.Child("VirtualSCSIMappings").Children("VirtualSCSIMapping")
            .Concat(vios.Child("VirtualFibreChannelMappings").Children("VirtualFibreChannelMapping"))
            .Where(mapping => mapping.Child("AssociatedLogicalPartition").LinkedUuid() == guest),
    ];

    private static string Vios(WorkStep step) => $"uom/VirtualIOServer/{Inventory.PartitionFacts.Address(Uuid(step, "vios"))}?group=ViosSCSIMapping,ViosFCMapping";
}

/// <summary>Deletes the partition.</summary>
internal sealed class DeleteStep(Connection connection) : Step(connection)
{
    public const string Name = "delete";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var uuid = Uuid(step, "guest");
        try
        {
            _ = await Console.Client.SendAsync(
                new HmcRequest(HttpMethod.Delete, $"uom/LogicalPartition/{Inventory.PartitionFacts.Address(uuid)}", $"deleting the partition '{step.Arguments["name"]}'"),
                cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            // Deleted already.
        }
        Console.Watched.Poke(dirt => dirt.Partition(uuid, nics: false));
        context.Progress.Report(1);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await FindAsync(step, cancellationToken).ConfigureAwait(false) is null);

    /// <summary>There is no way back: the plan says so.</summary>
    public override Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Deletes a logical disk that was the partition's alone.</summary>
internal sealed class DeleteDiskStep(Connection connection) : Step(connection)
{
    public const string Name = "delete-disk";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        await DiskStep.RemoveAsync(Console, Disk.Of(step), cancellationToken).ConfigureAwait(false);
        context.Progress.Report(1);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var disk = Disk.Of(step);
        return DoneIf(await Console.Client.FindAsync(disk.Path, "looking at a pool", cancellationToken).ConfigureAwait(false) is not { } pool || disk.In(pool.Content) is null);
    }

    /// <summary>There is no way back: the plan says so.</summary>
    public override Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}
