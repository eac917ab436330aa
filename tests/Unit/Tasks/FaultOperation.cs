using System.Collections.Immutable;
using Anyvisor.Core.Guests;
using Anyvisor.Core.Guests.Kinds;
using Anyvisor.Core.Images;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Tasks.Fake;
using Xunit;

namespace Anyvisor.Unit.Tests.Tasks;

/// <summary>One thing to ask for, and what must be so when the task says that it succeeded.</summary>
/// <param name="Name">For the test's story.</param>
/// <param name="Kind">The kind of task that it becomes.</param>
/// <param name="Power">Of the guest <c>old</c> before.</param>
/// <param name="AskAsync">Asks.</param>
/// <param name="IsDone">Looks at the system alone.</param>
internal sealed record FaultOperation(
    string Name,
    string Kind,
    PowerState Power,
    Func<FakeServer, Ask, CancellationToken, Task<CommandAnswer>> AskAsync,
    Func<FakeSystem, bool> IsDone
)
{
    public const string Canary = "canary-7e1f0c55-secret";

    /// <summary>Everything that can be asked. The verbs of power come from the code; a test says which kind of task lacks here.</summary>
    public static ImmutableArray<FaultOperation> All { get; } =
    [
        .. GuestCommands.PowerVerbs.Select(OfPower),
        new("create", CreateKind.KindName, PowerState.Off, (s, ask, t) => s.Guests.CreateAsync(Request(start: false), ask, t), s => s.Find("new") is { Power: PowerState.Off }),
        new("create-start", CreateKind.KindName, PowerState.Off, (s, ask, t) => s.Guests.CreateAsync(Request(start: true), ask, t), s => s.Find("new") is { Power: PowerState.On }),
        new("clone", CloneKind.KindName, PowerState.On, (s, ask, t) => s.Guests.CloneAsync("old", new CloneGuest("new"), ask, t), s => s.Find("new") is not null),
        new("delete", DeleteKind.KindName, PowerState.Off, (s, ask, t) => s.Guests.DeleteAsync("old", false, ask, t), s => s.Find("old") is null && s.OwnerOf("old.disk") is null),
        new("rename", ChangeKind.KindName, PowerState.Off, Patch(new PatchGuest { Name = "renamed" }), s => s.Find("renamed") is not null),
        new("resize", ChangeKind.KindName, PowerState.On, Patch(new PatchGuest { Vcpus = 2, Memory = 2L << 30 }), s => s.Find("old") is { Vcpus: 2, Memory: 2L << 30 }),
        new(
            "change",
            ChangeKind.KindName,
            PowerState.On,
            Patch(new PatchGuest { Name = "renamed", Vcpus = 2, Tags = ImmutableDictionary<string, string?>.Empty.Add("env", "prod") }),
            s => s.Find("renamed") is { Vcpus: 2 } guest && guest.Tags["env"] == "prod"
        ),
        // The last of its steps is refused: the others have to be taken back.
        new(
            "change-refused",
            ChangeKind.KindName,
            PowerState.On,
            Patch(new PatchGuest { Name = "renamed", Vcpus = 65 }),
            _ => false
        ),
        new("snapshot", SnapshotCreateKind.KindName, PowerState.On, (s, ask, t) => s.Guests.SnapshotAsync("old", new CreateSnapshot("after"), ask, t), s => Snapshots(s).Count(name => name == "after") == 1),
        new("revert", SnapshotRevertKind.KindName, PowerState.On, (s, ask, t) => s.Guests.RevertAsync("old", "before", ask, t), s => s.Effects.Contains("revert old")),
        new("forget", SnapshotDeleteKind.KindName, PowerState.On, (s, ask, t) => s.Guests.DeleteSnapshotAsync("old", "before", ask, t), s => !Snapshots(s).Contains("before")),
        new("migrate", MigrateKind.KindName, PowerState.On, (s, ask, t) => s.Guests.MigrateAsync("old", new MigrateGuest(FakeSystem.SecondHost), ask, t), s => s.Find("old")?.Host == FakeSystem.SecondHost),
        new(
            "bulk",
            BulkKind.KindName,
            PowerState.On,
            (s, ask, t) => s.Guests.BulkAsync(new BulkAction { Action = Verb.Pause, Filter = "power:on" }, ask, t),
            s => s.Guests.Count(guest => guest.Power == PowerState.Paused) == 3
        ),
        new("capture", CaptureKind.KindName, PowerState.Off, (s, ask, t) => s.Guests.CaptureAsync("old", new CaptureGuest("disk"), ask, t), s => s.Images.Count(image => image.Name == "disk") == 1 && s.Find("old") is { Power: PowerState.Off }),
        new("import", ImportKind.KindName, PowerState.Off, ImportAsync, s => s.Images.Count(image => image.Name == "disk") == 1),
        new(
            "delete-image",
            ImageDeleteKind.KindName,
            PowerState.Off,
            (s, ask, t) => s.Images.DeleteAsync(s.Inventory.Resolve<Image>("golden").Found?.Id.ToString() ?? s.Golden, ask, t),
            s => s.Images.All(image => image.Name != "golden")
        ),
    ];

    public static TheoryData<string> Names => [.. All.Select(operation => operation.Name)];

    public static FaultOperation Of(string name) => All.Single(operation => operation.Name == name);

    private static FaultOperation OfPower(Verb verb) =>
        new(
            VerbWords.Of(verb),
            PowerKind.NameOf(verb),
            verb switch
            {
                Verb.Start => PowerState.Off,
                Verb.Resume => PowerState.Paused,
                _ => PowerState.On,
            },
            (server, ask, token) => server.Guests.RunAsync("old", verb, ask, token),
            system => system.Find("old") is { } old && PowerTarget.Reached(verb, old)
        );

    private static Func<FakeServer, Ask, CancellationToken, Task<CommandAnswer>> Patch(PatchGuest patch) =>
        (server, ask, token) => server.Guests.PatchAsync("old", patch, ask, token);

    private static async Task<CommandAnswer> ImportAsync(FakeServer server, Ask ask, CancellationToken cancellationToken)
    {
        var disk = new byte[64 << 10];
        // A boot sector: what makes a raw file a disk.
        (disk[510], disk[511]) = (0x55, 0xaa);
        disk[446 + 4] = 0x83;
        disk[446 + 8] = 1;
        disk[446 + 12] = 64;
        await using var body = new MemoryStream(disk);
        return await server.Images.ImportAsync(new ImageUpload { Name = "disk", Provider = FakeSystem.Provider }, body, disk.Length, ask, cancellationToken);
    }

    private static CreateGuest Request(bool start) =>
        new()
        {
            Name = "new",
            Provider = FakeSystem.Provider,
            Vcpus = 1,
            Memory = 1 << 30,
            Start = start,
            Settings = ImmutableDictionary<string, string>.Empty.Add("user-data", Canary),
        };

    private static IEnumerable<string> Snapshots(FakeSystem system) =>
        system.Guests.Where(guest => guest.Name == "old").SelectMany(guest => system.SnapshotsOf(guest.NativeId)).Select(snapshot => snapshot.Name);
}
