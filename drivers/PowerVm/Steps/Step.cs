using System.Globalization;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Steps;

/// <summary>One kind of step: safe to do, look at and undo again, wherever it was interrupted.</summary>
internal abstract class Step(Connection connection)
{
    protected Connection Console { get; } = connection;

    public abstract Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken);

    public abstract Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken);

    public abstract Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken);

    protected static WorkStepState DoneIf(bool done) => done ? WorkStepState.Done : WorkStepState.NotDone;

    protected static Guid Uuid(WorkStep step, string name) => Guid.Parse(step.Arguments[name]);

    protected static int Whole(WorkStep step, string name) => int.Parse(step.Arguments[name], CultureInfo.InvariantCulture);

    /// <summary>The partition that this task made on this system; null before it did, and after it was taken away.</summary>
    protected async Task<PartitionDraft?> MadeAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var (system, name) = (Uuid(step, "system"), step.Arguments["name"]);
        var listed = await Console.PartitionsAsync(system, cancellationToken).ConfigureAwait(false);
        return listed.FirstOrDefault(partition => partition.Guest.Name == name && partition.Guest.Description == Connection.Mark(context.TaskId));
    }

    protected Task<PartitionDraft?> FindAsync(WorkStep step, CancellationToken cancellationToken) => Console.ReadAsync(new NativeId(Uuid(step, "guest")), cancellationToken);
}
