using Anyvisor.Driver.Facets;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Conformance;

/// <summary>
/// What every driver must hold to. A driver's tests derive from this with a bed of theirs; a facet that the connection
/// lacks, or that the system behind it lacks, is skipped with its reason, so the report is the support matrix.
/// </summary>
public abstract partial class DriverConformance<TBed>(TBed bed) : IClassFixture<TBed>
    where TBed : DriverBed
{
    protected TBed Bed { get; } = bed;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected void RequireBed() => Assert.SkipWhen(Bed.Absent is not null, Bed.Absent ?? "");

    protected TFacet Facet<TFacet>()
        where TFacet : class
    {
        RequireBed();
        Assert.SkipUnless(Bed.Connection is TFacet, $"{Bed.Driver.Info.Kind} has no {typeof(TFacet).Name}");
        return (TFacet)Bed.Connection;
    }

    /// <summary>Skips where the system behind the connection lacks the verb altogether.</summary>
    protected void Require(Verb verb, Guest guest)
    {
        var state = Bed.Connection.Judge(verb, guest);
        Assert.SkipWhen(state is { Allowed: false, Level: ActionLevel.None or ActionLevel.ReadOnly }, $"{verb}: {state.Reason?.Text}");
        Assert.True(state.Allowed, $"{verb} is refused: {state.Reason?.Text}");
    }

    protected string NewName(string kind) => Bed.NewName(kind);

    /// <summary>A guest of the bed, off, for one test; it is gone afterwards whatever happens.</summary>
    protected async Task WithGuestAsync(string kind, Func<Guest, Task> test)
    {
        RequireBed();
        var name = NewName(kind);
        var request = Bed.NewGuest(name);
        if (Bed.MakeGuestAsync(name, Token) is { } making)
            await making;
        else if (request is not null && Bed.Connection is IGuestCreate create)
            await CreateAsync(create, request);
        else
            Assert.Skip("The bed has no guest that a test may change.");
        try
        {
            await test(await Bed.Watch.GuestAsync(name, g => g is { Power: PowerState.Off, Transition: Transition.None }));
        }
        finally
        {
            await RemoveAsync(name);
        }
    }

    protected static async Task CreateAsync(IGuestCreate create, CreateGuest request)
    {
        var task = PlanRunner.NewTask();
        await new PlanRunner(create, task).RunAsync(await create.PlanCreateAsync(request, task, Token), Token);
    }

    protected async Task StartAsync(IGuestPower power, Guest guest)
    {
        Require(Verb.Start, guest);
        await power.StartAsync(guest, Token);
        await Bed.Watch.GuestAsync(guest.Name, g => g.Power == PowerState.On);
    }

    private async Task RemoveAsync(string name)
    {
        foreach (var left in Bed.Watch.All<Guest>().Where(g => g.Name.StartsWith(name, StringComparison.Ordinal)).ToList())
            if (Bed.Connection is IGuestDelete delete && await StoppedAsync(left) is { } there)
                await new PlanRunner(delete, "cleanup").RunAsync(await delete.PlanDeleteAsync(there, keepDisks: false, "cleanup", CancellationToken.None), CancellationToken.None);
        await Bed.RemoveGuestAsync(name, CancellationToken.None);
    }

    /// <summary>The guest as it is, after stopping it where it has to be; null when it is gone.</summary>
    private async Task<Guest?> StoppedAsync(Guest guest)
    {
        var there = await Bed.Connection.ReadGuestAsync(guest.NativeId, CancellationToken.None);
        if (there is null || Bed.Connection.Judge(Verb.Delete, there).Allowed || Bed.Connection is not IGuestPower power)
            return there;
        await power.StopAsync(there, CancellationToken.None);
        return await Bed.Connection.ReadGuestAsync(guest.NativeId, CancellationToken.None);
    }
}
