using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>Brings a guest to another host: of its own provider, or of another one of the same driver.</summary>
internal sealed class MigrateKind(GuestParts parts, Admission admission) : DriverWorkKind<IGuestMigrate>(KindName, parts)
{
    public const string KindName = "guest.migrate";

    protected override async Task<WorkPlan> LayOutAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var guest = Parts.GuestOf(order);
        admission.Require(Verb.Migrate, guest, order.Id);
        var request = order.Read(ModelJson.Default.MigrateGuest);
        var target = Parts.Resolve<Host>("host", request.Host);
        if (target.Provider == guest.Provider && target.Name == guest.Host)
            throw ProblemFactory.Conflict($"{guest.Name} is on {target.Name} already.");
        if (target.Provider != guest.Provider)
            RequireSameDriver(guest, target);
        var plan = await Parts
            .Calls.PlanAsync<IGuestMigrate>(
                guest.Provider,
                "plan-migrate",
                (facet, token) => facet.PlanMigrateAsync(guest, target, PeerAt(target, guest.Provider), request, order.Id, token),
                cancellationToken
            )
            .ConfigureAwait(false);
        return plan with { Host = target.Name, Makes = guest.NativeId };
    }

    protected override bool Seen(TaskOrder order) => Arrived(order) is { } guest && guest.Transition != Transition.Migrating;

    protected override IProviderConnection? PeerOf(TaskOrder order)
    {
        var host = order.Read(ModelJson.Default.MigrateGuest).Host;
        // After a restart the other end may still have to be seen: that passes.
        var target =
            Parts.Inventory.Resolve<Host>(host).Found
            ?? throw new ProviderException(ProviderError.Unreachable, $"The host {host} is not to be seen now.");
        return PeerAt(target, order.Provider!);
    }

    public override Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) =>
        Task.FromResult(Arrived(order)?.Id.ToString() ?? order.Target.Id);

    private Guest? Arrived(TaskOrder order)
    {
        var target = Parts.Inventory.Resolve<Host>(order.Read(ModelJson.Default.MigrateGuest).Host).Found;
        if (target is null || order.Makes is not { } native)
            return null;
        // Some systems give a guest another identity where it arrives: then it is known by its name, which was free there.
        var guest =
            Parts.Inventory.Get<Guest>(ObjectId.Derive(ObjectKind.Guest, target.Provider, native))
            ?? (target.Provider == order.Provider ? null : Parts.Inventory.Resolve<Guest>($"{target.Provider}/{order.Target.Name}").Found);
        return guest is { Presence: Presence.Present } && guest.Host == target.Name ? guest : null;
    }

    private IProviderConnection? PeerAt(Host target, string own)
    {
        if (target.Provider == own)
            return null;
        return Parts.Calls.Connection(target.Provider)
            ?? throw new ProviderException(ProviderError.Unreachable, $"{target.Provider}, where {target.Name} is, does not answer.");
    }

    private void RequireSameDriver(Guest guest, Host target)
    {
        var here = Parts.Calls.DriverOf(guest.Provider)?.Kind;
        var there = Parts.Calls.DriverOf(target.Provider)?.Kind;
        if (here != there)
            throw ProblemFactory.NotCapable(
                $"{target.Name} is another kind of hypervisor ({there}) than where {guest.Name} is ({here}): that is a move, not a migration."
            );
    }
}
