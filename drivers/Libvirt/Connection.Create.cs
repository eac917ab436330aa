using System.Collections.Immutable;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Work;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

internal sealed partial class Connection : IGuestCreate, IGuestDelete
{
    public Task<WorkPlan> PlanCreateAsync(CreateGuest request, string taskId, CancellationToken cancellationToken) =>
        new CreatePlanner(_daemon, Images).PlanAsync(request, taskId, cancellationToken);

    public async Task<WorkPlan> PlanDeleteAsync(Guest guest, bool keepDisks, string taskId, CancellationToken cancellationToken)
    {
        var domain = await _daemon.GuestAsync(guest, cancellationToken).ConfigureAwait(false);
        var description = DomainReader.Read(await _daemon.XmlAsync(domain, 0, cancellationToken).ConfigureAwait(false), domain.Name);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        if (domain.Id >= 0)
            steps.Add(StopStep.For(domain.Uuid, domain.Name));
        steps.Add(UndefineStep.For(domain.Uuid, domain.Name));
        var concerns = ImmutableArray.CreateBuilder<Concern>();
        if (!keepDisks)
        {
            var (own, kept) = await new OwnDisks(_daemon).FindAsync(domain, description, cancellationToken).ConfigureAwait(false);
            if (own.Count > 0)
                steps.Add(DeleteVolumesStep.For(own));
            foreach (var why in kept)
                concerns.Add(new Concern("libvirt.disk-stays", ConcernSeverity.Information, "A disk stays", $"{why}: it is not deleted."));
        }
        return new WorkPlan { Steps = steps.ToImmutable(), Host = _host.Hostname, Concerns = concerns.ToImmutable() };
    }

    public Task RunStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => _steps.RunStepAsync(step, context, cancellationToken);

    public Task<WorkStepState> InspectStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        _steps.InspectStepAsync(step, context, cancellationToken);

    public Task UndoStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => _steps.UndoStepAsync(step, context, cancellationToken);

    private ImageFinder Images => new(_daemon, _provider);
}
