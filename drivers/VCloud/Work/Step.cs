using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VCloud.Inventory;
using Anyvisor.Drivers.VCloud.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud.Work;

/// <summary>One kind of step: safe to do, look at and undo again, wherever it was interrupted.</summary>
internal abstract class Step(Connection connection)
{
    protected Connection System { get; } = connection;

    public abstract Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken);

    public abstract Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken);

    /// <summary>Nothing, where what the step did goes with what another step made, or where there is no way back and the plan says so.</summary>
    public virtual Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    protected static WorkStepState DoneIf(bool done) => done ? WorkStepState.Done : WorkStepState.NotDone;

    /// <summary>The vApp that the task made, whole or still in the making; null before it did, and after it was taken away.</summary>
    protected async Task<XElement?> VAppAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var name = step.Arguments["name"];
        foreach (var record in await System.Client.QueryAsync("vApp", $"name=={name}", cancellationToken).ConfigureAwait(false))
            if (record.Attr("name") == name && record.Attr("href") is { } href
                && await System.Client.FindAsync(VcdClient.Path(href), "looking for what was made", cancellationToken).ConfigureAwait(false) is { } vapp
                && vapp.Text("Description") == Connection.Mark(context.TaskId))
                return vapp;
        return null;
    }

    /// <summary>The one virtual machine in it.</summary>
    protected async Task<VmDraft?> MadeAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        await System.LearnAsync(cancellationToken).ConfigureAwait(false);
        return await VAppAsync(step, context, cancellationToken).ConfigureAwait(false) is { } vapp && vapp.Attr("href") is { } href
            ? (await System.Machines.OfAsync(VcdClient.Path(href), cancellationToken).ConfigureAwait(false)).FirstOrDefault()
            : null;
    }

    protected async Task<VmDraft> RequireMadeAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) ?? throw System.NoSuchGuest(step.Arguments["name"]);

    protected async Task<VmDraft> GuestAsync(WorkStep step, CancellationToken cancellationToken) =>
        await System.ReadAsync(new NativeId(step.Arguments["guest"]), cancellationToken).ConfigureAwait(false) ?? throw System.NoSuchGuest(step.Arguments["name"]);

    /// <summary>Makes a vApp; when the answer is lost, finds out whether it was made.</summary>
    protected async Task MakeAsync(WorkStep step, VcdRequest request, WorkContext context, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await VAppAsync(step, context, cancellationToken).ConfigureAwait(false) is { } made)
            {
                foreach (var task in VcdTasks.Of(made).Where(VcdTasks.Runs))
                    await System.Tasks.WaitAsync(task, request.What, context.Progress.Report, cancellationToken).ConfigureAwait(false);
                System.Watched.Poke(VcdClient.Path(made.Attr("href") ?? ""));
                return;
            }
            try
            {
                var answer = await System.Tasks.RunAsync(request, context.Progress.Report, cancellationToken).ConfigureAwait(false);
                if (answer.Attr("href") is { } href)
                    System.Watched.Poke(VcdClient.Path(href));
                return;
            }
            catch (ProviderException e) when (e.OutcomeUnknown && attempt < 3)
            {
                context.Log($"The answer was lost: looking whether it was done. {e.Message}");
            }
        }
    }

    /// <summary>Takes the made vApp away, with what is in it.</summary>
    protected async Task RemoveMadeAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await VAppAsync(step, context, cancellationToken).ConfigureAwait(false) is not { } vapp || vapp.Attr("href") is not { } href)
            return;
        var path = VcdClient.Path(href);
        foreach (var machine in await System.Machines.OfAsync(path, cancellationToken).ConfigureAwait(false))
            if (machine.Guest.Power != PowerState.Off || machine.Facts.Deployed)
                await System.StopAsync(machine.Guest, cancellationToken).ConfigureAwait(false);
        await DeleteAsync(path, step.Arguments["name"], context, cancellationToken).ConfigureAwait(false);
    }

    protected async Task DeleteAsync(string vapp, string name, WorkContext context, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _ = await System.Tasks.RunAsync(new VcdRequest(HttpMethod.Delete, vapp, $"deleting '{name}'"), context.Progress.Report, cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (ProviderException e) when (e.Error == ProviderError.NotFound)
            {
                break; // Gone already, or with the task's own end.
            }
            catch (ProviderException e) when (e.OutcomeUnknown && attempt < 3)
            {
                context.Log($"The answer was lost: looking whether it was done. {e.Message}");
                await System.SettleAsync(vapp, cancellationToken).ConfigureAwait(false);
            }
        }
        System.Watched.Poke(vapp);
    }
}
