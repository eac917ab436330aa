using Anyvisor.Driver;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Providers.Fakes;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers;

/// <summary>Random changes, listings, breaks, hangs and odd exceptions; at the end the provider is well, and what is shown is what there is.</summary>
public sealed class SessionSoakTests
{
    private const int Guests = 20;
    private const int Steps = 150;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [1, 42, Environment.TickCount];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task After_any_run_of_faults_the_estate_is_shown_as_it_is(int seed)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var truth = Enumerable.Range(1, Guests).ToDictionary(number => number, number => FakeGuests.One("lab", number));
        var driver = new FakeDriver();
        driver.OnConnect = (_, _) =>
        {
            lock (random)
                switch (random.Next(5))
                {
                    case 0:
                        throw new ProviderException(ProviderError.Unreachable, "no route to host");
                    case 1:
                        throw new InvalidOperationException("odd");
                    default:
                        var connection = new FakeConnection("lab");
                        connection.ShowListing([.. truth.Values]);
                        return Task.FromResult(connection);
                }
        };
        await using var bed = await ProviderBed.OpenAsync([driver]);
        await bed.AddAsync("lab");
        for (var step = 0; step < Steps; step++)
        {
            lock (random)
                Disturb(random, truth, driver.Connections.LastOrDefault());
            bed.Clock.Advance(TimeSpan.FromSeconds(random.Next(5)));
        }
        // Whatever state that left it in: it is well again within the longest wait, and a listing settles the rest.
        await bed.AdvanceUntilAsync(() => bed.Registry.State("lab") == ProviderState.Connected, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1), $"well again, seed {seed}");
        lock (random)
            driver.Connections.Last().ShowListing([.. truth.Values]);
        await ProviderBed.UntilAsync(() => truth.All(guest => bed.Guest("lab", guest.Key) is { } shown && shown.Power == guest.Value.Power && shown.Name == guest.Value.Name && shown.Presence == Presence.Present), $"as it is, seed {seed}");
    }

    private static void Disturb(Random random, Dictionary<int, Guest> truth, FakeConnection? connection)
    {
        var number = 1 + random.Next(Guests);
        switch (random.Next(20))
        {
            case 0:
                connection?.Break(new ProviderException(ProviderError.Unreachable, "reset by peer"));
                break;
            case 1:
                connection?.Break(new InvalidCastException("odd"));
                break;
            case 2:
                // Begins a listing and breaks off.
                connection?.Show(new SnapshotBegin([ObjectKind.Guest]), new Seen(truth[number]));
                connection?.Break(new ProviderException(ProviderError.ProtocolViolation, "garbage"));
                break;
            case 3:
                connection?.ShowListing([.. truth.Values]);
                break;
            case < 8:
                truth[number] = truth[number] with { Name = $"renamed{random.Next(100)}" };
                connection?.Show(new Seen(truth[number]));
                break;
            case < 10:
                connection?.Show(new Heartbeat());
                break;
            default:
                var power = (PowerState)random.Next(6);
                truth[number] = truth[number] with { Power = power, Raw = power.ToString() };
                connection?.Show(FakeGuests.State(number, power));
                break;
        }
    }
}
