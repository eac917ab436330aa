using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

/// <summary>
/// One in ten readers of the event stream takes nothing in, over real sockets. ANYVISOR_STREAMS=1000 makes it a thousand.
/// </summary>
public sealed class StalledReaderTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const int Events = 6000;
    private static readonly int Streams = Environment.GetEnvironmentVariable("ANYVISOR_STREAMS") is { } given ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_stalled_ones_are_cut_off_and_the_others_miss_nothing()
    {
        var feed = server.Core.Inventory.Events;
        var stalled = await Task.WhenAll(Enumerable.Range(0, Streams / 10).Select(_ => StallAsync()));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var from = feed.LastSequence;
        var readers = Enumerable.Range(0, Streams - stalled.Length).Select(_ => ReadAsync(from, stop.Token)).ToArray();
        await UntilAsync(() => feed.Subscribers >= Streams, "all subscribed");
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var text = new string('x', 2000);
        for (var i = 0; i < Events; i++)
            feed.Publish(EventKind.Notice, "provider", "lab", "lab", "lab", text);
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, Token);
        await UntilAsync(() => feed.Subscribers <= 0, "the stalled ones are cut off");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64L * 1024 * Streams + (64 << 20));
        foreach (var socket in stalled)
            socket.Dispose();

        // What a cut-off reader missed, it gets when it comes back with its last id.
        await ReadAsync(from, Token);
    }

    /// <summary>Asks for the stream and never reads: the kernel's buffers fill, and then ours would.</summary>
    private async Task<Socket> StallAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(server.Url.Host, server.Url.Port, Token);
        var authorization = server.Viewer.DefaultRequestHeaders.Authorization!;
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization.Scheme} {authorization.Parameter}\r\n\r\n"), Token);
        return socket;
    }

    /// <summary>Reads all events after that one, coming back with its last id when it was cut off itself.</summary>
    private async Task ReadAsync(long position, CancellationToken cancellationToken)
    {
        var notices = 0;
        while (notices < Events)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events");
            request.Headers.Add("Last-Event-ID", position.ToString(System.Globalization.CultureInfo.InvariantCulture));
            using var response = await server.Viewer.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken)).EnumerateAsync(cancellationToken))
            {
                if (item.EventType is "end")
                    break;
                var sequence = long.Parse(item.EventId!, System.Globalization.CultureInfo.InvariantCulture);
                Assert.True(sequence > position, $"{sequence} after {position}");
                position = sequence;
                if (item.EventType == "notice" && ++notices == Events)
                    break;
            }
        }
    }

    private static async Task UntilAsync(Func<bool> so, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!so())
        {
            Assert.False(patience.IsCancellationRequested, $"not within two minutes: {what}");
            await look.WaitForNextTickAsync(Token);
        }
    }
}
