using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Steps;

/// <summary>Starts the new partition.</summary>
internal sealed class StartStep(Connection connection) : Step(connection)
{
    public const string Name = "start";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var made = await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) ?? throw Console.NoSuchGuest(step.Arguments["name"]);
        if (made.Guest.Power == PowerState.Off)
            await Console.StartAsync(made.Guest, cancellationToken).ConfigureAwait(false);
        context.Progress.Report(1);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) is { Guest.Power: not PowerState.Off });

    public override async Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) is { Guest.Power: PowerState.On } made)
            await Console.StopAsync(made.Guest, cancellationToken).ConfigureAwait(false);
    }
}
