using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm;

/// <summary>Live guest relocation between the members of a cluster; a guest that is off is only handed to the other member's connector.</summary>
internal partial class Connection : IGuestMigrate
{
    public async Task<WorkPlan> PlanMigrateAsync(Guest guest, Host target, IProviderConnection? peer, MigrateGuest request, string taskId, CancellationToken cancellationToken)
    {
        var (user, now, system) = await ForAsync(Verb.Migrate, guest, cancellationToken).ConfigureAwait(false);
        if (peer is not null || _site.Find(target.Name) is not { } to)
            throw new ProviderException(ProviderError.NotCapable, $"z/VM relocates guests between the members of one SSI cluster: this provider has lines to {string.Join(", ", _site.Members.Select(member => member.Name))}, and not to {target.Name}");
        var from = user.RunsOn ?? user.ManagedBy ?? _site.First.Name;
        if (from == to.Name)
            throw new ProviderException(ProviderError.Conflict, $"{now.Name} is on {to.Name} already");
        var arguments = Arguments(("user", user.UserId), ("from", from), ("to", to.Name));
        if (user.RunsOn is null)
            return new WorkPlan { Host = to.Name, Steps = [new WorkStep(Steps.Register, $"Hand {now.Name} from {from} to {to.Name}", arguments)] };
        var objections = await system.TestRelocationAsync(user.UserId, to.Name, to.Facts.ServiceUser, cancellationToken).ConfigureAwait(false);
        return new WorkPlan
        {
            Host = to.Name,
            Steps = [new WorkStep(Steps.Relocate, $"Relocate {now.Name} from {from} to {to.Name}", arguments) { PointOfNoReturn = true }],
            Concerns = [.. objections.Select(objection => Concern(now.Name, to.Name, objection))],
        };
    }

    private static Concern Concern(string guest, string member, string objection) => new(
        "zvm.not-relocatable",
        ConcernSeverity.Critical,
        "Not eligible for relocation",
        $"z/VM tested whether {guest} can be relocated to {member}, and it can't: {objection}",
        "Look up the HCP messages in z/VM's CP Messages and Codes; the commonest causes are OPTION CHPIDVIRTUALIZATION, local minidisks, dedicated devices and relocation turned off for the user.");

    private async Task RelocateAsync(WorkStep step, string user, CancellationToken cancellationToken)
    {
        var (from, to) = (step.Text("from"), step.Text("to"));
        var on = (await _reader.PowerAsync(user, cancellationToken).ConfigureAwait(false)).RunsOn;
        if (on == to)
            return;
        if (on != from)
            throw new ProviderException(ProviderError.Conflict, on is null ? $"{user} was logged off meanwhile" : $"{user} runs on {on} by now, not on {from}");
        await SystemOf(step, "from").RelocateAsync(user, to, _site.Find(to)?.Facts.ServiceUser, cancellationToken).ConfigureAwait(false);
        if ((await _reader.PowerAsync(user, cancellationToken).ConfigureAwait(false)).RunsOn is var reached && reached != to)
            throw new ProviderException(ProviderError.ProviderFault, $"z/VM says that {user} was relocated to {to}, and it {(reached is null ? "runs nowhere" : $"runs on {reached}")}") { OutcomeUnknown = true };
    }

    private async Task RegisterAsync(string from, string to, string user, CancellationToken cancellationToken)
    {
        if ((await _reader.PowerAsync(user, cancellationToken).ConfigureAwait(false)).RunsOn is { } on)
            throw new ProviderException(ProviderError.Conflict, $"{user} was logged on to {on} meanwhile");
        if (!await IsManagedByAsync(to, user, cancellationToken).ConfigureAwait(false))
            await Connector(to).RegisterAsync(user, cancellationToken).ConfigureAwait(false);
        if (await IsManagedByAsync(from, user, cancellationToken).ConfigureAwait(false))
            await Connector(from).DeregisterAsync(user, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsManagedByAsync(string member, string user, CancellationToken cancellationToken) =>
        (await Connector(member).ListManagedAsync(cancellationToken).ConfigureAwait(false))?.Contains(user) == true;

    private FeilongSystem Connector(string member) =>
        _site.Find(member)?.System as FeilongSystem ?? throw new ProviderException(ProviderError.NotFound, $"This provider has no line to a cloud connector on {member}");
}
