using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Unit.Tests.Tasks.Fake;

/// <summary>Work of several steps. What is made bears the task's mark; undoing touches nothing else.</summary>
internal sealed partial class FakeConnection : IGuestCreate, IGuestClone, IGuestDelete, IGuestSnapshots, IGuestMigrate, IGuestCapture, IImageStore
{
    public Task<WorkPlan> PlanCreateAsync(CreateGuest request, string taskId, CancellationToken cancellationToken) =>
        PlanNewAsync(request.Name, taskId, request.Start, request.Settings.ContainsKey("user-data"));

    public Task<WorkPlan> PlanCloneAsync(Guest source, CloneGuest request, string taskId, CancellationToken cancellationToken) =>
        PlanNewAsync(request.Name, taskId, request.Start, false);

    public Task<WorkPlan> PlanDeleteAsync(Guest guest, bool keepDisks, string taskId, CancellationToken cancellationToken) =>
        Task.FromResult(
            new WorkPlan
            {
                Steps =
                [
                    Step("undefine", guest.Name, guest.NativeId) with { PointOfNoReturn = true },
                    Step("delete-disk", guest.Name, guest.NativeId),
                ],
            }
        );

    public Task<WorkPlan> PlanSnapshotAsync(Guest guest, CreateSnapshot request, string taskId, CancellationToken cancellationToken) =>
        Task.FromResult(new WorkPlan { Steps = [Step("snapshot", guest.Name, guest.NativeId, ("snapshot", request.Name!))] });

    public Task<WorkPlan> PlanRevertAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken) =>
        Task.FromResult(
            new WorkPlan
            {
                Steps = [Step("revert", guest.Name, guest.NativeId, ("snapshot", snapshot.Name), ("power", snapshot.Power.ToString())) with { PointOfNoReturn = true }],
            }
        );

    public Task<WorkPlan> PlanSnapshotDeleteAsync(Guest guest, Snapshot snapshot, string taskId, CancellationToken cancellationToken) =>
        Task.FromResult(new WorkPlan { Steps = [Step("forget", guest.Name, guest.NativeId, ("snapshot", snapshot.Name)) with { PointOfNoReturn = true }] });

    public Task<WorkPlan> PlanMigrateAsync(
        Guest guest,
        Host target,
        IProviderConnection? peer,
        MigrateGuest request,
        string taskId,
        CancellationToken cancellationToken
    ) => Task.FromResult(new WorkPlan { Steps = [Step("migrate", guest.Name, guest.NativeId, ("from", guest.Host!), ("to", target.Name))], Host = target.Name });

    public Task<WorkPlan> PlanImportAsync(ImageImport import, string taskId, CancellationToken cancellationToken)
    {
        var native = NewId(taskId);
        return Task.FromResult(new WorkPlan { Steps = [Step("import", import.Name, native, ("file", import.File))], Makes = native });
    }

    public Task<WorkPlan> PlanCaptureAsync(Guest guest, CaptureGuest request, string taskId, CancellationToken cancellationToken)
    {
        var native = NewId(taskId);
        return Task.FromResult(new WorkPlan { Steps = [Step("import", request.Name, native)], Makes = native });
    }

    public Task<WorkPlan> PlanImageDeleteAsync(Image image, string taskId, CancellationToken cancellationToken) =>
        Task.FromResult(new WorkPlan { Steps = [Step("delete-image", image.Name, image.NativeId) with { PointOfNoReturn = true }] });

    public Task RunStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        system.CallAsync(
            step.Name,
            true,
            async () =>
            {
                await RunAsync(step, context);
                return true;
            }
        );

    public Task<WorkStepState> InspectStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        system.CallAsync("inspect", false, () => Task.FromResult(Inspect(step, context)));

    public Task UndoStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        system.CallAsync(
            "undo",
            true,
            () =>
            {
                Undo(step, context);
                return Task.FromResult(true);
            }
        );

    private async Task RunAsync(WorkStep step, WorkContext context)
    {
        var (name, native) = (step.Arguments["name"], new NativeId(step.Arguments["native"]));
        switch (step.Name)
        {
            case "disk" when system.OwnerOf(name + ".disk") != name:
                system.PutDisk(name + ".disk", context.TaskId + "?");
                await system.Between($"disk {name}");
                system.PutDisk(name + ".disk", context.TaskId);
                break;
            case "define" when system.Find(native) is null:
                if (system.Find(name) is not null)
                    throw new ProviderException(ProviderError.Conflict, $"There is a guest {name}.");
                system.Did($"define {name}");
                system.Put(NewGuest(name, native, context.TaskId));
                await system.Between($"define {name}");
                system.PutDisk(name + ".disk", name);
                break;
            case "seed" when context.Secrets["user-data"].Reveal().Length > 0:
                context.Log($"wrote a seed for {name} holding {context.Secrets["user-data"].Reveal()}");
                break;
            case "start" when system.Find(native) is { Power: PowerState.Off } guest:
                system.Did($"start {name}");
                system.Put(guest with { Power = PowerState.On });
                break;
            case "undefine" when system.Find(native) is not null:
                system.Did($"undefine {name}");
                system.Remove(native);
                break;
            case "delete-disk":
                system.RemoveDisk(name + ".disk");
                break;
            case "snapshot" when system.Find(native) is { } guest && !HasSnapshot(native, step):
                system.Did($"snapshot {name}");
                system.AddSnapshot(guest, step.Arguments["snapshot"]);
                break;
            case "revert" when system.Find(native) is { } guest && !Reverted(guest, context):
                await system.Between($"revert {name}");
                system.Did($"revert {name}");
                system.Put(guest with { Power = Enum.Parse<PowerState>(step.Arguments["power"]), Description = context.TaskId });
                break;
            case "migrate" when system.Find(native) is { } guest && guest.Host != step.Arguments["to"]:
                system.Did($"migrate {name}");
                system.Put(guest with { Host = step.Arguments["to"] });
                break;
            case "import" when system.MakerOf(native) != context.TaskId:
                if (step.Arguments.TryGetValue("file", out var file) && !File.Exists(file))
                    throw new ProviderException(ProviderError.NotFound, "The uploaded file is gone.");
                system.PutImage(name, native, context.TaskId + "?");
                await system.Between($"import {name}");
                system.Did($"import {name}");
                system.PutImage(name, native, context.TaskId);
                break;
            case "delete-image" when system.MakerOf(native) is not null:
                system.Did($"delete-image {name}");
                system.RemoveImage(native);
                break;
            case "forget" when system.Find(native) is { } guest && HasSnapshot(native, step):
                system.Did($"forget {name}");
                system.RemoveSnapshot(guest, step.Arguments["snapshot"]);
                break;
        }
    }

    private WorkStepState Inspect(WorkStep step, WorkContext context)
    {
        var (name, native) = (step.Arguments["name"], new NativeId(step.Arguments["native"]));
        return step.Name switch
        {
            "disk" when system.OwnerOf(name + ".disk") is { } owner => owner == context.TaskId + "?" ? WorkStepState.Partial : WorkStepState.Done,
            "define" when system.Find(native) is not null => system.OwnerOf(name + ".disk") == name ? WorkStepState.Done : WorkStepState.Partial,
            "start" => Is(system.Find(native)?.Power == PowerState.On),
            "undefine" => Is(system.Find(native) is null),
            "delete-disk" => Is(system.OwnerOf(name + ".disk") is null),
            "snapshot" => Is(HasSnapshot(native, step)),
            "revert" => Is(system.Find(native) is { } guest && Reverted(guest, context)),
            "forget" => Is(!HasSnapshot(native, step)),
            "migrate" => Is(system.Find(native)?.Host == step.Arguments["to"]),
            "import" when system.MakerOf(native) is { } maker => maker == context.TaskId ? WorkStepState.Done : WorkStepState.Partial,
            "delete-image" => Is(system.MakerOf(native) is null),
            _ => WorkStepState.NotDone,
        };
    }

    private void Undo(WorkStep step, WorkContext context)
    {
        var (name, native) = (step.Arguments["name"], new NativeId(step.Arguments["native"]));
        switch (step.Name)
        {
            case "disk" when system.OwnerOf(name + ".disk") is { } owner && owner.TrimEnd('?') == context.TaskId:
                system.RemoveDisk(name + ".disk");
                break;
            case "define" when system.Find(native)?.Description == context.TaskId:
                system.Did($"undo define {name}");
                system.PutDisk(name + ".disk", context.TaskId);
                system.Remove(native);
                break;
            case "start" when system.Find(native) is { Power: PowerState.On } guest:
                system.Put(guest with { Power = PowerState.Off });
                break;
            case "migrate" when system.Find(native) is { } guest && guest.Host == step.Arguments["to"]:
                system.Did($"undo migrate {name}");
                system.Put(guest with { Host = step.Arguments["from"] });
                break;
            case "import" when system.MakerOf(native)?.TrimEnd('?') == context.TaskId:
                if (system.MakerOf(native) == context.TaskId)
                    system.Did($"undo import {name}");
                system.RemoveImage(native);
                break;
            case "snapshot" when system.Find(native) is { } guest && HasSnapshot(native, step):
                system.Did($"undo snapshot {name}");
                system.RemoveSnapshot(guest, step.Arguments["snapshot"]);
                break;
        }
    }

    private Task<WorkPlan> PlanNewAsync(string name, string taskId, bool start, bool seed)
    {
        if (system.Find(name) is not null)
            throw new ProviderException(ProviderError.Conflict, $"There is a guest '{name}' already.");
        var native = NewId(taskId);
        ImmutableArray<WorkStep> steps = [Step("disk", name, native), Step("define", name, native)];
        if (seed)
            steps = steps.Add(Step("seed", name, native));
        if (start)
            steps = steps.Add(Step("start", name, native));
        return Task.FromResult(new WorkPlan { Steps = steps, Host = "host", Makes = native });
    }

    private static NativeId NewId(string taskId) => new(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(taskId))[..16]));

    private static Guest NewGuest(string name, NativeId native, string task) =>
        new()
        {
            Id = ObjectId.Derive(ObjectKind.Guest, FakeSystem.Provider, native),
            NativeId = native,
            Name = name,
            Provider = FakeSystem.Provider,
            Host = "host",
            Power = PowerState.Off,
            Vcpus = 1,
            Memory = 1 << 30,
            Description = task,
            ObservedAt = DateTime.UnixEpoch,
        };

    private static bool Reverted(Guest guest, WorkContext context) => guest.Description == context.TaskId;

    private bool HasSnapshot(NativeId guest, WorkStep step) => system.SnapshotsOf(guest).Exists(s => s.Name == step.Arguments["snapshot"]);

    private static WorkStepState Is(bool done) => done ? WorkStepState.Done : WorkStepState.NotDone;

    private static WorkStep Step(string step, string name, NativeId native, params ReadOnlySpan<(string Key, string Value)> more)
    {
        var arguments = ImmutableSortedDictionary<string, string>.Empty.Add("name", name).Add("native", native.ToString());
        foreach (var (key, value) in more)
            arguments = arguments.Add(key, value);
        return new WorkStep(step, $"{step} {name}", arguments);
    }
}
