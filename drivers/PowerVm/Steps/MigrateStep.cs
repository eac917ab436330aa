using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Steps;

/// <summary>
/// Live partition mobility. Where the partition is, the console says: so a step that was interrupted is done when it is
/// on the target, and is under way when the console says that it migrates.
/// </summary>
internal sealed class MigrateStep(Connection connection) : Step(connection)
{
    public const string Name = "migrate";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CleanUp = TimeSpan.FromMinutes(2);

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var now = await FindAsync(step, cancellationToken).ConfigureAwait(false) ?? throw Console.NoSuchGuest(step.Arguments["name"]);
        if (now.Facts.System == Uuid(step, "target"))
            return;
        if (now.Guest.Transition == Transition.Migrating)
            await FollowAsync(step, context, cancellationToken).ConfigureAwait(false); // By us, before we were interrupted.
        else
            await MigrateAsync(step, now, context, cancellationToken).ConfigureAwait(false);
        var after = await FindAsync(step, cancellationToken).ConfigureAwait(false) ?? throw Console.NoSuchGuest(step.Arguments["name"]);
        Console.Watched.Poke(dirt => dirt.Partition(after.Facts.Uuid, nics: true));
        if (after.Facts.System != Uuid(step, "target"))
            throw new ProviderException(ProviderError.ProviderFault, $"'{after.Guest.Name}' is still on {after.Guest.Host}: the migration ended without bringing it to {step.Arguments["to"]}") { NativeCode = "COMPLETED_OK" };
        context.Progress.Report(1);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var now = await FindAsync(step, cancellationToken).ConfigureAwait(false);
        return now switch
        {
            null => WorkStepState.Unknown,
            _ when now.Facts.System == Uuid(step, "target") => WorkStepState.Done,
            { Guest.Transition: Transition.Migrating } => WorkStepState.Partial,
            _ => WorkStepState.NotDone,
        };
    }

    /// <summary>What is under way is aborted, and what an abort leaves behind recovered. What arrived stays where it is: the guest runs there.</summary>
    public override async Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var now = await FindAsync(step, cancellationToken).ConfigureAwait(false);
        if (now is null || now.Facts.System == Uuid(step, "target") || now.Guest.Transition != Transition.Migrating)
            return;
        await AbortAsync(now, cancellationToken).ConfigureAwait(false);
    }

    private async Task MigrateAsync(WorkStep step, PartitionDraft now, WorkContext context, CancellationToken cancellationToken)
    {
        using var following = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = ProgressAsync(step, context, following.Token);
        try
        {
            _ = await Console.Jobs.RunAsync(now.Facts.Path, "Migrate", [("TargetManagedSystemName", step.Arguments["to"])], $"migrating '{now.Guest.Name}' to {step.Arguments["to"]}", context.Progress.Report, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            context.Log("Called off: the migration is aborted, and the partition stays where it was.");
            using var cleaning = new CancellationTokenSource(CleanUp, Console.Time);
            if (await FindAsync(step, cleaning.Token).ConfigureAwait(false) is { Guest.Transition: Transition.Migrating } still)
                await AbortAsync(still, cleaning.Token).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await following.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        context.Log("The migration was under way already: it is waited for.");
        while (await FindAsync(step, cancellationToken).ConfigureAwait(false) is { Guest.Transition: Transition.Migrating } now && now.Facts.System != Uuid(step, "target"))
            await Task.Delay(Look, Console.Time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The console counts the bytes that are still to go.</summary>
    private async Task ProgressAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Look, Console.Time, cancellationToken).ConfigureAwait(false);
            if (await Console.MigrationProgressAsync(Uuid(step, "guest"), cancellationToken).ConfigureAwait(false) is { } part)
                context.Progress.Report(part);
        }
    }

    private async Task AbortAsync(PartitionDraft partition, CancellationToken cancellationToken)
    {
        try
        {
            _ = await Console.Jobs.RunAsync(partition.Facts.Path, "MigrateAbort", [], $"aborting the migration of '{partition.Guest.Name}'", null, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Error is not (ProviderError.Unreachable or ProviderError.AuthenticationFailed or ProviderError.TimedOut))
        {
            // Too far for an abort: what it left has to be recovered.
            _ = await Console.Jobs.RunAsync(partition.Facts.Path, "MigrateRecover", [("Force", "false")], $"recovering '{partition.Guest.Name}' from its migration", null, cancellationToken).ConfigureAwait(false);
        }
        Console.Watched.Poke(dirt => dirt.Partition(partition.Facts.Uuid, nics: false));
    }
}
