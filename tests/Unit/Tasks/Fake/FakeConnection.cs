using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Unit.Tests.Tasks.Fake;

/// <summary>A line to <see cref="FakeSystem"/>: observing and the verbs that are one call.</summary>
internal sealed partial class FakeConnection(FakeSystem system)
    : IProviderConnection,
        IGuestPower,
        IGuestShutdown,
        IGuestReset,
        IGuestPause,
        IGuestSuspend,
        IGuestRename,
        IGuestEntitlement,
        IGuestStartSettings,
        ITags,
        IGuestConsole
{
    public ProviderAbout About { get; } = new("Fake", "1", new Freshness(true, null));

    public async IAsyncEnumerable<Change> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = system.Watch();
        while (true)
        {
            using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            beat.CancelAfter(TimeSpan.FromSeconds(4));
            var more = false;
            try
            {
                more = await channel.Reader.WaitToReadAsync(beat.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { }
            if (!more)
                yield return new Heartbeat();
            while (channel.Reader.TryRead(out var change))
                yield return change;
        }
    }

    public void RequestRefresh() => system.ListAgain();

    public ActionState Judge(Verb verb, Guest guest) =>
        (verb, guest.Power) switch
        {
            (Verb.Start, not (PowerState.Off or PowerState.Crashed)) => No("not-off", "It is not off."),
            (Verb.Stop or Verb.Shutdown or Verb.Reboot or Verb.Reset or Verb.Pause, PowerState.Off) => No("not-on", "It is off."),
            (Verb.Resume, not (PowerState.Paused or PowerState.Suspended)) => No("not-paused", "It is not paused."),
            (Verb.Delete, not PowerState.Off) => No("running", "Stop it first."),
            _ => ActionState.Native,
        };

    public Task<Guest?> ReadGuestAsync(NativeId guest, CancellationToken cancellationToken) =>
        system.CallAsync("read", false, () => Task.FromResult(system.Find(guest)));

    public Task StartAsync(Guest guest, CancellationToken cancellationToken) => PowerAsync("start", guest, PowerState.On);

    public Task StopAsync(Guest guest, CancellationToken cancellationToken) => PowerAsync("stop", guest, PowerState.Off);

    public Task ShutdownAsync(Guest guest, CancellationToken cancellationToken) => PowerAsync("shutdown", guest, PowerState.Off);

    public Task RebootAsync(Guest guest, CancellationToken cancellationToken) => system.CallAsync("reboot", () => system.Did($"reboot {guest.Name}"));

    public Task ResetAsync(Guest guest, CancellationToken cancellationToken) => system.CallAsync("reset", () => system.Did($"reset {guest.Name}"));

    public Task PauseAsync(Guest guest, CancellationToken cancellationToken) => PowerAsync("pause", guest, PowerState.Paused);

    public Task SuspendAsync(Guest guest, CancellationToken cancellationToken) => PowerAsync("suspend", guest, PowerState.Suspended);

    public Task ResumeAsync(Guest guest, CancellationToken cancellationToken) => PowerAsync("resume", guest, PowerState.On);

    public Task RenameAsync(Guest guest, string name, CancellationToken cancellationToken) =>
        system.CallAsync("rename", () => system.Put(Known(guest) with { Name = name }));

    public async Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, CancellationToken cancellationToken)
    {
        if (vcpus > 64)
            throw new ProviderException(ProviderError.CapacityExceeded, "The host has 64 processors.");
        await system.CallAsync(
            "resize",
            () => system.Put(Known(guest) with { Vcpus = vcpus ?? guest.Vcpus, Memory = memory ?? guest.Memory })
        );
        return ResizeOutcome.Applied;
    }

    public async Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, decimal units, CancellationToken cancellationToken)
    {
        await system.CallAsync("entitle", () => system.Put(Known(guest) with { Entitlement = new Entitlement { Units = units } }));
        return await ResizeAsync(system.Find(guest.NativeId)!, vcpus, memory, cancellationToken);
    }

    public async Task StartAsync(Guest guest, ImmutableDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        await PowerAsync("start", guest, PowerState.On);
        system.Did($"with {string.Join(' ', settings.Select(s => $"{s.Key}={s.Value}"))}");
    }

    public Task SetTagsAsync(Guest guest, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken) =>
        system.CallAsync("tag", () => system.Put(Known(guest) with { Tags = tags }));

    public Task<ImmutableArray<ConsoleInfo>> ListConsolesAsync(Guest guest, CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray.Create(new ConsoleInfo(ConsoleKind.Serial, true)));

    public Task<Stream> OpenConsoleAsync(Guest guest, ConsoleKind kind, CancellationToken cancellationToken) =>
        Task.FromResult<Stream>(new MemoryStream());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task PowerAsync(string verb, Guest guest, PowerState to) =>
        system.CallAsync(
            verb,
            () =>
            {
                var now = Known(guest);
                if (now.Power == to)
                    throw new ProviderException(ProviderError.Conflict, $"{guest.Name} is {to} already.");
                system.Did($"{verb} {guest.Name}");
                system.Put(now with { Power = to });
            }
        );

    private Guest Known(Guest guest) =>
        system.Find(guest.NativeId) ?? throw new ProviderException(ProviderError.NotFound, $"No guest {guest.Name}.");

    private static ActionState No(string code, string text) => ActionState.Refused(ActionLevel.Native, code, text);
}
