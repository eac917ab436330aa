using System.Collections.Immutable;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Sim.Tests;

public sealed class VerbTests
{
    private const string Url = "sim:?hosts=20&guests=400&churn=0";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<(IProviderConnection Connection, List<Guest> Guests)> OpenAsync()
    {
        var connection = await Bed.ConnectAsync(Url, Stop);
        return (connection, (await Bed.ListAsync(connection, Stop)).Of<Guest>());
    }

    private static async Task<Guest> ReadAsync(IProviderConnection connection, Guest guest) =>
        await connection.ReadGuestAsync(guest.NativeId, Stop) ?? throw new InvalidOperationException("gone");

    /// <summary>What <see cref="IProviderConnection.Judge"/> allows works, and what it refuses fails with the same reason.</summary>
    [Theory]
    [InlineData(Verb.Start)]
    [InlineData(Verb.Stop)]
    [InlineData(Verb.Pause)]
    [InlineData(Verb.Suspend)]
    [InlineData(Verb.Resume)]
    [InlineData(Verb.Reset)]
    public async Task Verbs_do_what_their_judgement_says(Verb verb)
    {
        var (connection, guests) = await OpenAsync();
        var done = 0;
        foreach (var guest in guests)
        {
            Task DoAsync() =>
                verb switch
                {
                    Verb.Start => ((IGuestPower)connection).StartAsync(guest, Stop),
                    Verb.Stop => ((IGuestPower)connection).StopAsync(guest, Stop),
                    Verb.Pause => ((IGuestPause)connection).PauseAsync(guest, Stop),
                    Verb.Suspend => ((IGuestSuspend)connection).SuspendAsync(guest, Stop),
                    Verb.Resume => ((IGuestPause)connection).ResumeAsync(guest, Stop),
                    _ => ((IGuestReset)connection).ResetAsync(guest, Stop),
                };
            var judged = connection.Judge(verb, guest);
            if (judged.Allowed)
            {
                await DoAsync();
                var power = (await ReadAsync(connection, guest)).Power;
                Assert.Equal(verb switch { Verb.Stop => PowerState.Off, Verb.Pause => PowerState.Paused, Verb.Suspend => PowerState.Suspended, _ => PowerState.On }, power);
                done++;
            }
            else
            {
                var refused = await Assert.ThrowsAsync<ProviderException>(DoAsync);
                Assert.Equal(judged.Reason!.Code, refused.NativeCode);
                Assert.Equal(judged.Level == ActionLevel.None ? ProviderError.NotCapable : ProviderError.Conflict, refused.Error);
            }
        }
        Assert.True(done > 0);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Every_refusal_has_a_reason_and_no_guest_is_refused_everything()
    {
        var (connection, guests) = await OpenAsync();
        foreach (var guest in guests)
        {
            var states = Enum.GetValues<Verb>().Select(verb => connection.Judge(verb, guest)).ToList();
            Assert.All(states, state => Assert.True(state.Allowed || state.Reason is { Code.Length: > 0, Text.Length: > 0 }));
            Assert.Contains(states, state => state.Allowed);
            Assert.Equal(ActionLevel.None, connection.Judge(Verb.ConsoleVnc, guest).Level);
        }
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_change_shows_on_the_watch_and_survives_a_listing_and_a_new_connection()
    {
        var plugin = new Plugin();
        await using var connection = await Bed.ConnectAsync(Url, Stop, plugin);
        var guest = (await Bed.ListAsync(connection, Stop)).Of<Guest>().First(guest => connection.Judge(Verb.Resize, guest).Allowed && guest.Power == PowerState.Off);
        await using var watch = connection.WatchAsync(Stop).GetAsyncEnumerator(Stop);
        while (await watch.MoveNextAsync() && watch.Current is not SnapshotComplete) { }
        await ((IGuestRename)connection).RenameAsync(guest, "renamed", Stop);
        await ((ITags)connection).SetTagsAsync(guest, ImmutableDictionary<string, string>.Empty.Add("a", "b"), Stop);
        Assert.Equal(ResizeOutcome.Applied, await ((IGuestResize)connection).ResizeAsync(guest, 3, 5L << 30, Stop));
        Guest? seen = null;
        while (seen is not { Vcpus: 3 } && await watch.MoveNextAsync())
            seen = watch.Current is Seen { Object: Guest now } ? now : seen;
        Assert.Equal(("renamed", "b", 5L << 30, guest.Id), (seen!.Name, seen.Tags["a"], seen.Memory, seen.Id));

        await using var again = await Bed.ConnectAsync(Url, Stop, plugin);
        Assert.Equal(seen.Name, Assert.Single((await Bed.ListAsync(again, Stop)).Of<Guest>(), other => other.Id == guest.Id).Name);
    }

    [Fact]
    public async Task A_shutdown_takes_its_time_and_then_the_guest_is_off()
    {
        var (connection, guests) = await OpenAsync();
        var guest = guests.First(guest => connection.Judge(Verb.Shutdown, guest).Allowed);
        await using var watch = connection.WatchAsync(Stop).GetAsyncEnumerator(Stop);
        while (await watch.MoveNextAsync() && watch.Current is not SnapshotComplete) { }
        await ((IGuestShutdown)connection).ShutdownAsync(guest, Stop);
        Assert.Equal((PowerState.On, Transition.Stopping), ((await ReadAsync(connection, guest)).Power, (await ReadAsync(connection, guest)).Transition));
        Guest? seen = null;
        while (seen is not { Power: PowerState.Off } && await watch.MoveNextAsync())
            seen = watch.Current is Seen { Object: Guest now } ? now : seen;
        Assert.Equal(Transition.None, seen!.Transition);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task More_memory_than_the_host_has_is_refused_with_the_number()
    {
        var (connection, guests) = await OpenAsync();
        var guest = guests.First(guest => guest.Power == PowerState.On && connection.Judge(Verb.Resize, guest).Allowed);
        var refused = await Assert.ThrowsAsync<ProviderException>(() => ((IGuestResize)connection).ResizeAsync(guest, null, 1L << 60, Stop));
        Assert.Equal(ProviderError.CapacityExceeded, refused.Error);
        Assert.Contains(guest.Host!, refused.Message, StringComparison.Ordinal);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task The_serial_console_greets_echoes_and_answers()
    {
        var (connection, guests) = await OpenAsync();
        var guest = guests.First(guest => connection.Judge(Verb.ConsoleSerial, guest).Allowed);
        Assert.Equal(ConsoleKind.Serial, Assert.Single(await ((IGuestConsole)connection).ListConsolesAsync(guest, Stop)).Kind);
        await using var console = await ((IGuestConsole)connection).OpenConsoleAsync(guest, ConsoleKind.Serial, Stop);
        await ReadUntilAsync(console, "login: ");
        await console.WriteAsync(Encoding.ASCII.GetBytes("hostnamx\be\r"), Stop);
        var answer = await ReadUntilAsync(console, "$ ");
        Assert.StartsWith("hostnamx\b \be\r\n" + guest.Name, answer, StringComparison.Ordinal);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Guests_that_run_have_metrics_and_the_others_none()
    {
        var (connection, guests) = await OpenAsync();
        var metrics = await ((IGuestMetrics)connection).ReadMetricsAsync([.. guests.Select(guest => guest.NativeId)], Stop);
        Assert.All(guests, guest => Assert.Equal(guest.Power == PowerState.On, metrics.ContainsKey(guest.NativeId)));
        Assert.All(guests.Where(guest => guest.Power == PowerState.On), guest => Assert.InRange(metrics[guest.NativeId].MemoryUsed!.Value, 1, guest.Memory));
        await connection.DisposeAsync();
    }

    private static async Task<string> ReadUntilAsync(Stream stream, string end)
    {
        var (text, buffer) = (new StringBuilder(), new byte[256]);
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, Stop);
            Assert.NotEqual(0, read);
            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        return text.ToString();
    }
}
