using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anyvisor.Core.Guests.Consoles;
using Anyvisor.Core.Guests.Kinds;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Providers;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Facets;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Core.Guests;

/// <summary>
/// Everything that can be asked of guests. Mutations become tasks; each takes an <see cref="Ask"/> and answers a task,
/// or a plan for a dry run. References are an id, <c>NAME</c> or <c>PROVIDER/NAME</c>. Safe for many threads.
/// </summary>
public sealed class GuestCommands
{
    private const int MaxBulk = 10_000;
    private readonly TaskEngine _engine;
    private readonly GuestParts _parts;
    private readonly Admission _admission;
    private readonly ConsoleTickets _tickets;

    /// <summary>Registers the kinds of tasks that it asks for: before the engine starts.</summary>
    public GuestCommands(EstateInventory inventory, ProviderRegistry registry, TaskEngine engine, TimeProvider time)
    {
        _engine = engine;
        _parts = new GuestParts(inventory, registry, time);
        _admission = new Admission(_parts, engine);
        _tickets = new ConsoleTickets(time);
        engine.Register(new CreateKind(_parts));
        engine.Register(new CloneKind(_parts, _admission));
        engine.Register(new CaptureKind(_parts, _admission));
        engine.Register(new DeleteKind(_parts, _admission));
        engine.Register(new ChangeKind(_parts, _admission));
        engine.Register(new SnapshotCreateKind(_parts, _admission));
        engine.Register(new SnapshotRevertKind(_parts, _admission));
        engine.Register(new SnapshotDeleteKind(_parts, _admission));
        engine.Register(new MigrateKind(_parts, _admission));
        engine.Register(new BulkKind(engine, ComposeVerb));
        foreach (var verb in PowerVerbs)
            engine.Register(new PowerKind(verb, _parts, _admission));
    }

    /// <summary>The verbs of <see cref="RunAsync"/>.</summary>
    public static ImmutableArray<Verb> PowerVerbs { get; } =
        [Verb.Start, Verb.Stop, Verb.Shutdown, Verb.Reboot, Verb.Reset, Verb.Pause, Verb.Resume, Verb.Suspend];

    /// <summary>For each verb whether a caller of this role can do it to the guest now, and why not.</summary>
    public ImmutableSortedDictionary<Verb, ActionState> ActionsFor(Guest guest, Role role) => _admission.ActionsFor(guest, role);

    /// <exception cref="CommandException">What is wrong with the request, or in its way.</exception>
    public async Task<CommandAnswer> CreateAsync(CreateGuest request, Ask ask, CancellationToken cancellationToken)
    {
        var driver = _parts.Calls.DriverOf(_parts.Calls.Require(request.Provider));
        GuestChecks.Check(request, driver);
        await _parts.SettleAsync(request.Provider, cancellationToken).ConfigureAwait(false);
        var (open, secrets) = GuestSecrets.Split(request.Settings, driver?.GuestSettings ?? []);
        var lane = TaskLane.Name(ObjectKind.Guest, request.Provider, request.Name);
        var target = new TaskTarget("guest", null, request.Name);
        var task = Compose(CreateKind.KindName, target, request.Provider, ask, request with { Settings = open }, ModelJson.Default.CreateGuest, lane) with { Secrets = secrets };
        return await _engine.AnswerAsync(task, ask, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Start, stop, shutdown, reboot, reset, pause, resume or suspend.</summary>
    /// <exception cref="CommandException">Why not.</exception>
    public Task<CommandAnswer> RunAsync(string reference, Verb verb, Ask ask, CancellationToken cancellationToken)
    {
        if (!PowerVerbs.Contains(verb))
            throw ProblemFactory.Invalid($"'{VerbWords.Of(verb)}' needs more than a guest: it has a command of its own.");
        return OnGuestAsync(PowerKind.NameOf(verb), reference, ask, new PowerBody(verb), CommandJson.Default.PowerBody, null, cancellationToken);
    }

    /// <summary>Starts a guest in another way than the usual one.</summary>
    /// <exception cref="CommandException">Why not; its driver may have no such setting.</exception>
    public Task<CommandAnswer> StartAsync(string reference, StartGuest request, Ask ask, CancellationToken cancellationToken)
    {
        if (request.Settings.IsEmpty)
            return RunAsync(reference, Verb.Start, ask, cancellationToken);
        var driver = _parts.Inventory.Resolve<Guest>(reference).Found is { } guest ? _parts.Calls.DriverOf(guest.Provider) : null;
        if (driver is not null)
            GuestChecks.CheckSettings(request.Settings, driver.StartSettings, $"for starting a guest with the driver '{driver.Kind}'");
        var (open, secrets) = GuestSecrets.Split(request.Settings, driver?.StartSettings ?? []);
        return OnGuestAsync(
            PowerKind.NameOf(Verb.Start),
            reference,
            ask,
            new PowerBody(Verb.Start, open),
            CommandJson.Default.PowerBody,
            task => task with { Secrets = secrets },
            cancellationToken
        );
    }

    /// <param name="reference">The guest.</param>
    /// <param name="keepDisks">Leave its disks where they are.</param>
    /// <param name="ask">Who and how.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<CommandAnswer> DeleteAsync(string reference, bool keepDisks, Ask ask, CancellationToken cancellationToken) =>
        OnGuestAsync(DeleteKind.KindName, reference, ask, new DeleteOptions(keepDisks), CommandJson.Default.DeleteOptions, null, cancellationToken);

    /// <summary>Renames, resizes, tags.</summary>
    public Task<CommandAnswer> PatchAsync(string reference, PatchGuest patch, Ask ask, CancellationToken cancellationToken)
    {
        GuestChecks.Check(patch);
        return OnGuestAsync(ChangeKind.KindName, reference, ask, patch, ModelJson.Default.PatchGuest, task => Naming(task, ObjectKind.Guest, patch.Name), cancellationToken);
    }

    public Task<CommandAnswer> CloneAsync(string reference, CloneGuest request, Ask ask, CancellationToken cancellationToken)
    {
        GuestChecks.CheckName(request.Name);
        return OnGuestAsync(CloneKind.KindName, reference, ask, request, ModelJson.Default.CloneGuest, task => Naming(task, ObjectKind.Guest, request.Name), cancellationToken);
    }

    /// <summary>Makes an image of a guest.</summary>
    public Task<CommandAnswer> CaptureAsync(string reference, CaptureGuest request, Ask ask, CancellationToken cancellationToken)
    {
        GuestChecks.CheckName(request.Name);
        return OnGuestAsync(CaptureKind.KindName, reference, ask, request, ModelJson.Default.CaptureGuest, task => Naming(task, ObjectKind.Image, request.Name), cancellationToken);
    }

    public Task<CommandAnswer> MigrateAsync(string reference, MigrateGuest request, Ask ask, CancellationToken cancellationToken) =>
        OnGuestAsync(MigrateKind.KindName, reference, ask, request, ModelJson.Default.MigrateGuest, task => Reaching(task, request.Host), cancellationToken);

    public Task<CommandAnswer> SnapshotAsync(string reference, CreateSnapshot request, Ask ask, CancellationToken cancellationToken)
    {
        GuestChecks.Check(request);
        return OnGuestAsync(SnapshotCreateKind.KindName, reference, ask, request, ModelJson.Default.CreateSnapshot, null, cancellationToken);
    }

    /// <param name="reference">The guest.</param>
    /// <param name="snapshot">By id or name.</param>
    /// <param name="ask">Who and how.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<CommandAnswer> RevertAsync(string reference, string snapshot, Ask ask, CancellationToken cancellationToken) =>
        OnGuestAsync(SnapshotRevertKind.KindName, reference, ask, new SnapshotTarget(snapshot), CommandJson.Default.SnapshotTarget, null, cancellationToken);

    /// <inheritdoc cref="RevertAsync"/>
    public Task<CommandAnswer> DeleteSnapshotAsync(string reference, string snapshot, Ask ask, CancellationToken cancellationToken) =>
        OnGuestAsync(SnapshotDeleteKind.KindName, reference, ask, new SnapshotTarget(snapshot), CommandJson.Default.SnapshotTarget, null, cancellationToken);

    /// <summary>The same verb on many guests, as one task with a result for each.</summary>
    public async Task<CommandAnswer> BulkAsync(BulkAction request, Ask ask, CancellationToken cancellationToken)
    {
        if (!PowerVerbs.Contains(request.Action) && request.Action != Verb.Delete)
            throw ProblemFactory.Invalid(
                $"'{VerbWords.Of(request.Action)}' can't be done in bulk. These can: {string.Join(", ", PowerVerbs.Select(VerbWords.Of))}, delete."
            );
        var task = new TaskRequest
        {
            Kind = BulkKind.KindName,
            Target = new TaskTarget("guests", null, "guests"),
            Caller = ask.Caller,
            IdempotencyKey = ask.IdempotencyKey,
            Body = JsonSerializer.Serialize(new BulkBody(request.Action, ask.Caller.Role), CommandJson.Default.BulkBody),
            // The first time decides which guests a filter means: by the second it may mean others, or none.
            Identity = JsonSerializer.Serialize(request, ModelJson.Default.BulkAction),
        };
        if (!ask.DryRun && await _engine.FindByKeyAsync(task, cancellationToken).ConfigureAwait(false) is { } before)
            return new CommandAnswer(before, null);
        var guests = BulkSelection.Guests(_parts, request, MaxBulk);
        task = task with
        {
            Target = new TaskTarget("guests", null, guests.Length == 1 ? guests[0].Name : $"{guests.Length} guests"),
            Items = [.. guests.Select(guest => new TaskItem(guest.Id.ToString(), guest.Name, TaskState.Queued))],
        };
        return await _engine.AnswerAsync(task, ask, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Which consoles the guest has, and a ticket that opens one of them, once.</summary>
    public async Task<ConsoleTicket> ConsolesAsync(string reference, Access.Caller caller, CancellationToken cancellationToken)
    {
        var guest = _parts.Guest(reference);
        var consoles = await _parts
            .Calls.CallAsync<IGuestConsole, ImmutableArray<ConsoleInfo>>(
                guest.Provider,
                "consoles",
                (facet, token) => facet.ListConsolesAsync(guest, token),
                ProviderCalls.Quick,
                cancellationToken
            )
            .ConfigureAwait(false);
        return _tickets.Issue(guest.Id, caller.Name, consoles);
    }

    /// <summary>Opens a console with a ticket, which is then used up.</summary>
    /// <returns>A duplex stream; closing it ends the session.</returns>
    /// <exception cref="CommandException">The ticket is unknown, used, too old or another guest's; or the console can't be opened now.</exception>
    public async Task<Stream> OpenConsoleAsync(string reference, ConsoleKind kind, string ticket, CancellationToken cancellationToken)
    {
        var guest = _parts.Guest(reference);
        _tickets.Redeem(ticket, guest.Id);
        _admission.Require(kind == ConsoleKind.Vnc ? Verb.ConsoleVnc : Verb.ConsoleSerial, guest, null);
        return await _parts
            .Calls.CallAsync<IGuestConsole, Stream>(
                guest.Provider,
                "console",
                (facet, token) => facet.OpenConsoleAsync(guest, kind, token),
                ProviderCalls.Quick,
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>The guest's counters, read now.</summary>
    /// <exception cref="CommandException">The system has none for it.</exception>
    public async Task<GuestMetrics> MetricsAsync(string reference, CancellationToken cancellationToken)
    {
        var guest = _parts.Guest(reference);
        var readings = await _parts
            .Calls.CallAsync<IGuestMetrics, ImmutableDictionary<NativeId, GuestMetrics>>(
                guest.Provider,
                "metrics",
                (facet, token) => facet.ReadMetricsAsync([guest.NativeId], token),
                ProviderCalls.Quick,
                cancellationToken
            )
            .ConfigureAwait(false);
        return readings.GetValueOrDefault(guest.NativeId)
            ?? throw ProblemFactory.Conflict($"{guest.Provider} has no counters of {guest.Name} now: it is {VerbWords.Of(guest.Power)}.");
    }

    private async Task<CommandAnswer> OnGuestAsync<T>(
        string kind,
        string reference,
        Ask ask,
        T body,
        JsonTypeInfo<T> type,
        Func<TaskRequest, TaskRequest>? complete,
        CancellationToken cancellationToken
    )
    {
        TaskRequest Asked(TaskTarget target, string provider)
        {
            var task = Compose(kind, target, provider, ask, body, type, TaskLane.Of(ObjectKind.Guest, ObjectId.Parse(target.Id!)));
            return complete?.Invoke(task) ?? task;
        }

        // Looked up once: a task may rename or delete the guest between two looks.
        var guest = _parts.Inventory.Resolve<Guest>(reference).Found;
        if (guest is null && await _engine.FindEarlierAsync(kind, reference, ask, Asked, cancellationToken).ConfigureAwait(false) is { } earlier)
            return new CommandAnswer(earlier, null);
        guest ??= _parts.Guest(reference);
        if (guest.Presence == Presence.Unreachable)
            await _parts.SettleAsync(guest.Provider, cancellationToken).ConfigureAwait(false);
        return await _engine.AnswerAsync(Asked(TargetOf(guest), guest.Provider), ask, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>For tasks that give something a name.</summary>
    private static TaskRequest Naming(TaskRequest task, ObjectKind kind, string? name) =>
        name is null || kind == ObjectKind.Guest && name == task.Target.Name
            ? task
            : task with { Lanes = task.Lanes.Add(TaskLane.Name(kind, task.Provider!, name)) };

    /// <summary>For tasks that work on a host too, which may be another provider's.</summary>
    private TaskRequest Reaching(TaskRequest task, string host) =>
        _parts.Inventory.Resolve<Host>(host).Found is { } found && found.Provider != task.Provider
            ? task with { Lanes = task.Lanes.Add(TaskLane.Shared(TaskLane.At(found.Provider))) }
            : task;

    private TaskRequest ComposeVerb(string reference, Verb verb, Ask ask)
    {
        var guest = _parts.Guest(reference);
        return verb == Verb.Delete
            ? Compose(DeleteKind.KindName, guest, ask, new DeleteOptions(false), CommandJson.Default.DeleteOptions)
            : Compose(PowerKind.NameOf(verb), guest, ask, new PowerBody(verb), CommandJson.Default.PowerBody);
    }

    private static TaskTarget TargetOf(Guest guest) => new("guest", guest.Id.ToString(), guest.Name);

    private static TaskRequest Compose<T>(string kind, Guest guest, Ask ask, T body, JsonTypeInfo<T> type) =>
        Compose(kind, TargetOf(guest), guest.Provider, ask, body, type, TaskLane.Of(ObjectKind.Guest, guest.Id));

    private static TaskRequest Compose<T>(string kind, TaskTarget target, string provider, Ask ask, T body, JsonTypeInfo<T> type, string lane)
    {
        if (ask.Caller.Role < Role.Operator)
            throw ProblemFactory.PermissionDenied($"{kind} needs the role 'operator'; the token '{ask.Caller.Name}' may only look.");
        return new TaskRequest
        {
            Kind = kind,
            Target = target,
            Provider = provider,
            Caller = ask.Caller,
            IdempotencyKey = ask.IdempotencyKey,
            Body = JsonSerializer.Serialize(body, type),
            Queue = ask.Queue,
            Lanes = [lane, TaskLane.Shared(TaskLane.At(provider))],
        };
    }
}
