using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Conformance;

/// <summary>Every verb with a guest that is not there, a call that is over before it begins, and arguments that can't be.</summary>
public abstract partial class DriverConformance<TBed>
{
    /// <summary>
    /// Each verb that the system has, as one call or one plan: what the system behind the connection lacks altogether
    /// has no state to be in the way of, and is refused as such (see the tests of Judge).
    /// </summary>
    private ImmutableSortedDictionary<Verb, Func<Guest, CancellationToken, Task>> Calls(Guest guest)
    {
        var calls = ImmutableSortedDictionary.CreateBuilder<Verb, Func<Guest, CancellationToken, Task>>();
        On<IGuestPower>((Verb.Start, (f, g, t) => f.StartAsync(g, t)), (Verb.Stop, (f, g, t) => f.StopAsync(g, t)));
        On<IGuestShutdown>((Verb.Shutdown, (f, g, t) => f.ShutdownAsync(g, t)), (Verb.Reboot, (f, g, t) => f.RebootAsync(g, t)));
        On<IGuestReset>((Verb.Reset, (f, g, t) => f.ResetAsync(g, t)));
        On<IGuestPause>((Verb.Pause, (f, g, t) => f.PauseAsync(g, t)), (Verb.Resume, (f, g, t) => f.ResumeAsync(g, t)));
        On<IGuestSuspend>((Verb.Suspend, (f, g, t) => f.SuspendAsync(g, t)));
        On<IGuestRename>((Verb.Rename, (f, g, t) => f.RenameAsync(g, g.Name + "-other", t)));
        On<IGuestResize>((Verb.Resize, (f, g, t) => f.ResizeAsync(g, g.Vcpus, g.Memory, t)));
        On<ITags>((Verb.Tag, (f, g, t) => f.SetTagsAsync(g, ImmutableDictionary<string, string>.Empty.Add("a", "b"), t)));
        On<IGuestClone>((Verb.Clone, (f, g, t) => f.PlanCloneAsync(g, new CloneGuest(g.Name + "-copy"), "t", t)));
        On<IGuestCapture>((Verb.Capture, (f, g, t) => f.PlanCaptureAsync(g, new CaptureGuest(g.Name + "-image"), "t", t)));
        On<IGuestDelete>((Verb.Delete, (f, g, t) => f.PlanDeleteAsync(g, false, "t", t)));
        On<IGuestSnapshots>((Verb.SnapshotCreate, (f, g, t) => f.PlanSnapshotAsync(g, new CreateSnapshot("one"), "t", t)));
        On<IGuestConsole>((Verb.ConsoleSerial, (f, g, t) => f.OpenConsoleAsync(g, ConsoleKind.Serial, t)));
        return calls.ToImmutable();

        void On<TFacet>(params ReadOnlySpan<(Verb Verb, Func<TFacet, Guest, CancellationToken, Task> Call)> verbs)
            where TFacet : class
        {
            if (Bed.Connection is not TFacet facet)
                return;
            foreach (var (verb, call) in verbs)
                if (Bed.Connection.Judge(verb, guest).Level is not (ActionLevel.None or ActionLevel.ReadOnly))
                    calls[verb] = (on, token) => call(facet, on, token);
        }
    }

    [Fact]
    public async Task Whatever_is_asked_of_a_guest_that_is_not_there_is_NotFound_and_names_it() =>
        await WithGuestAsync(
            "gone",
            async guest =>
            {
                var stranger = guest with { NativeId = new NativeId(Guid.NewGuid()) };
                foreach (var (verb, call) in Calls(guest))
                {
                    var e = await Record.ExceptionAsync(() => call(stranger, Token));
                    Assert.True(e is ProviderException { Error: ProviderError.NotFound }, $"{verb}: {e?.GetType().Name} {(e as ProviderException)?.Error} {e?.Message}");
                    Assert.True(e!.Message.Contains(guest.Name, StringComparison.Ordinal), $"{verb} does not name the guest: {e.Message}");
                }
            }
        );

    [Fact]
    public async Task A_call_whose_time_is_over_changes_nothing() =>
        await WithGuestAsync(
            "over",
            async guest =>
            {
                using var over = new CancellationTokenSource();
                await over.CancelAsync();
                foreach (var (verb, call) in Calls(guest))
                {
                    var e = await Record.ExceptionAsync(() => call(guest, over.Token));
                    Assert.True(e is OperationCanceledException, $"{verb}: {e?.GetType().Name} {e?.Message}");
                }
                var after = await Bed.Connection.ReadGuestAsync(guest.NativeId, Token);
                Assert.Equal((guest.Name, guest.Power, guest.Vcpus, guest.Memory), (after!.Name, after.Power, after.Vcpus, after.Memory));
            }
        );

    [Fact]
    public async Task What_a_guest_s_state_does_not_allow_is_a_Conflict() =>
        await WithGuestAsync(
            "state",
            async guest =>
            {
                foreach (var (verb, call) in Calls(guest).Where(call => call.Key is Verb.Stop or Verb.Shutdown or Verb.Reboot or Verb.Reset or Verb.Pause or Verb.Resume or Verb.Suspend))
                {
                    var e = await Record.ExceptionAsync(() => call(guest, Token));
                    Assert.True(e is ProviderException { Error: ProviderError.Conflict }, $"{verb} of a guest that is off: {(e as ProviderException)?.Error} {e?.Message}");
                }
            }
        );

    [Fact]
    public async Task More_than_any_host_has_is_refused_before_anything_is_done()
    {
        var create = Facet<IGuestCreate>();
        var request = Bed.NewGuest(NewName("large"));
        Assert.SkipWhen(request is null, "The bed makes no guests.");
        var e = await Assert.ThrowsAsync<ProviderException>(() => create.PlanCreateAsync(request with { Memory = 1L << 60 }, "t", Token));
        Assert.Equal(ProviderError.CapacityExceeded, e.Error);
        e = await Assert.ThrowsAsync<ProviderException>(() => create.PlanCreateAsync(request with { Vcpus = 1_000_000 }, "t", Token));
        Assert.True(e.Error is ProviderError.CapacityExceeded or ProviderError.InvalidArgument, e.ToString());
    }

    [Fact]
    public async Task What_a_request_names_and_the_system_has_not_is_named_in_the_refusal()
    {
        var create = Facet<IGuestCreate>();
        var request = Bed.NewGuest(NewName("named"));
        Assert.SkipWhen(request is null, "The bed makes no guests.");
        foreach (var wrong in new[] { request with { Image = "no-such-thing" }, request with { Networks = ["no-such-thing"] }, request with { Datastore = "no-such-thing" } })
        {
            var e = await Assert.ThrowsAsync<ProviderException>(() => create.PlanCreateAsync(wrong, "t", Token));
            Assert.True(e.Error is ProviderError.NotFound or ProviderError.InvalidArgument, e.ToString());
            Assert.Contains("no-such-thing", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_table_of_verbs_is_what_the_connection_has_facets_for()
    {
        RequireBed();
        var facets = FacetVerbs.Of(Bed.Connection.GetType());
        Assert.Subset(facets.Keys.ToHashSet(), Bed.Driver.Info.Verbs.Keys.ToHashSet());
        Assert.All(Bed.Driver.Info.Verbs.Values, level => Assert.NotEqual(ActionLevel.None, level));
        foreach (var guest in Bed.Watch.All<Guest>())
            foreach (var verb in Enum.GetValues<Verb>().Where(verb => !Bed.Driver.Info.Verbs.ContainsKey(verb)))
                Assert.False(Bed.Connection.Judge(verb, guest).Allowed, $"{verb} of {guest.Name} is allowed, and there is no facet for it");
    }
}
