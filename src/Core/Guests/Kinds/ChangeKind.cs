using System.Collections.Immutable;
using System.Text.Json;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>Renames, resizes and tags a guest. The steps remember what was there before, so that each can be undone.</summary>
internal sealed class ChangeKind(GuestParts parts, Admission admission) : ITaskKind
{
    public const string KindName = "guest.change";
    private const string Rename = "rename";
    private const string Resize = "resize";
    private const string Tag = "tag";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public string Name => KindName;

    public bool SingleCall => true;

    public Task ReadyAsync(TaskOrder order, Action<string> log, CancellationToken cancellationToken) => parts.ReadyAsync(order, log, cancellationToken);

    public Task<WorkPlan> PlanAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        var guest = parts.GuestOf(order);
        var patch = order.Read(ModelJson.Default.PatchGuest);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        if (patch.Name is { } name && name != guest.Name)
            steps.Add(Step(Verb.Rename, Rename, guest, order, $"Rename {guest.Name} to {name}", guest.Name, name));
        var size = new GuestSize(patch.Vcpus, patch.Memory, patch.Entitlement);
        if (size.Entitlement is not null && parts.Calls.Connection(guest.Provider) is { } connection and not IGuestEntitlement)
            throw ProblemFactory.NotCapable($"{guest.Provider} ({connection.About.Product}) promises its guests no share of its processors: leave the entitlement out.");
        if (!size.IsOf(guest))
            steps.Add(Step(Verb.Resize, Resize, guest, order, $"Give {guest.Name} {size.Label(guest)}", GuestSize.Of(guest, size).ToString(), size.ToString()));
        if (patch.Tags is { } tags && Merge(guest.Tags, tags) is var merged && !Same(merged, guest.Tags))
            steps.Add(Step(Verb.Tag, Tag, guest, order, $"Tag {guest.Name}", Write(guest.Tags), Write(merged)));
        if (steps.Count > 0)
            steps.Add(ObserveStep.Make($"See {patch.Name ?? guest.Name} changed"));
        return Task.FromResult(new WorkPlan { Steps = steps.ToImmutable(), Host = guest.Host });
    }

    public async Task RunStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        var guest = parts.GuestOf(order);
        using var cause = parts.Inventory.NoteCause(guest.Id, order.Id);
        if (ObserveStep.Is(step))
            await ObserveStep.RunAsync(parts, order, () => Seen(order), context, cancellationToken).ConfigureAwait(false);
        else
            await ApplyAsync(guest, step.Name, step.Arguments["to"], context, cancellationToken).ConfigureAwait(false);
    }

    public async Task<WorkStepState> InspectStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        if (ObserveStep.Is(step))
            return WorkStepState.NotDone;
        var known = parts.GuestOf(order);
        if (step.Name == Tag && KeepsOurs(known))
            return Shows(known, step.Name, step.Arguments["to"]) ? WorkStepState.Done : WorkStepState.NotDone;
        var guest =
            await parts.Calls.ReadGuestAsync(known.Provider, known.NativeId, cancellationToken).ConfigureAwait(false)
            ?? throw ProblemFactory.NotFound("guest", known.Name);
        // Setting it again to the same is harmless, so what is not yet to be seen (a resize at the next start) is set again.
        return Shows(guest, step.Name, step.Arguments["to"]) ? WorkStepState.Done : WorkStepState.NotDone;
    }

    public async Task UndoStepAsync(TaskOrder order, WorkStep step, StepContext context, CancellationToken cancellationToken)
    {
        if (ObserveStep.Is(step))
            return;
        var guest = parts.GuestOf(order);
        using var cause = parts.Inventory.NoteCause(guest.Id, order.Id);
        await ApplyAsync(guest, step.Name, step.Arguments["from"], context, cancellationToken).ConfigureAwait(false);
    }

    public Task<string?> ResultAsync(TaskOrder order, CancellationToken cancellationToken) => Task.FromResult(order.Target.Id);

    private bool Seen(TaskOrder order)
    {
        var patch = order.Read(ModelJson.Default.PatchGuest);
        return parts.Inventory.Get<Guest>(ObjectId.Parse(order.Target.Id!)) is not { } guest
            || (
                (patch.Name is null || guest.Name == patch.Name)
                && (patch.Tags is null || Same(Merge(guest.Tags, patch.Tags), guest.Tags))
                // A running guest may get its new size at its next start only.
                && (guest.Power != PowerState.Off || new GuestSize(patch.Vcpus, patch.Memory, patch.Entitlement).IsOf(guest))
            );
    }

    private async Task ApplyAsync(Guest guest, string step, string value, StepContext context, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case Rename:
                await parts
                    .Calls.CallAsync<IGuestRename>(guest.Provider, Rename, (f, t) => f.RenameAsync(guest, value, t), Deadline, cancellationToken)
                    .ConfigureAwait(false);
                break;
            case Resize:
                var outcome = await ResizeAsync(guest, GuestSize.Parse(value), cancellationToken).ConfigureAwait(false);
                if (outcome == ResizeOutcome.AtNextStart)
                    context.Log($"The definition of {guest.Name} is changed; the running guest gets its new size at its next start.");
                break;
            case Tag:
                var tags = JsonSerializer.Deserialize(value, CommandJson.Default.ImmutableDictionaryStringString)!;
                if (KeepsOurs(guest))
                    await parts.Inventory.SetTagsAsync(guest.Provider, guest.Id, tags, cancellationToken).ConfigureAwait(false);
                else
                    await parts
                        .Calls.CallAsync<ITags>(guest.Provider, Tag, (f, t) => f.SetTagsAsync(guest, tags, t), Deadline, cancellationToken)
                        .ConfigureAwait(false);
                break;
            default:
                throw new InvalidDataException($"{KindName} has no step '{step}'.");
        }
    }

    private Task<ResizeOutcome> ResizeAsync(Guest guest, GuestSize size, CancellationToken cancellationToken) =>
        size.Entitlement is { } units
            ? parts.Calls.CallAsync<IGuestEntitlement, ResizeOutcome>(guest.Provider, Resize, (f, t) => f.ResizeAsync(guest, size.Vcpus, size.Memory, units, t), Deadline, cancellationToken)
            : parts.Calls.CallAsync<IGuestResize, ResizeOutcome>(guest.Provider, Resize, (f, t) => f.ResizeAsync(guest, size.Vcpus, size.Memory, t), Deadline, cancellationToken);

    /// <summary>Whether the system keeps no tags, so that we do.</summary>
    private bool KeepsOurs(Guest guest) => parts.Calls.DriverOf(guest.Provider) is { } driver && EmulatedTags.AreOurs(driver);

    private static bool Shows(Guest guest, string step, string value)
    {
        if (step == Rename)
            return guest.Name == value;
        if (step == Tag)
            return Same(JsonSerializer.Deserialize(value, CommandJson.Default.ImmutableDictionaryStringString)!, guest.Tags);
        return GuestSize.Parse(value).IsOf(guest);
    }

    private WorkStep Step(Verb verb, string name, Guest guest, TaskOrder order, string label, string from, string to)
    {
        admission.Require(verb, guest, order.Id);
        var arguments = ImmutableSortedDictionary<string, string>.Empty.Add("from", from).Add("to", to);
        return new WorkStep(name, label, arguments);
    }

    private static string Write(ImmutableDictionary<string, string> tags) =>
        JsonSerializer.Serialize(tags, CommandJson.Default.ImmutableDictionaryStringString);

    private static ImmutableDictionary<string, string> Merge(ImmutableDictionary<string, string> tags, ImmutableDictionary<string, string?> changes)
    {
        foreach (var (key, value) in changes)
            tags = value is null ? tags.Remove(key) : tags.SetItem(key, value);
        return tags;
    }

    private static bool Same(ImmutableDictionary<string, string> one, ImmutableDictionary<string, string> other) =>
        one.Count == other.Count && one.All(tag => other.TryGetValue(tag.Key, out var value) && value == tag.Value);
}
