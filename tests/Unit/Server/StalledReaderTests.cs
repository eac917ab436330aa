using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Model;
using Anyvisor.Server.Events;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

/// <summary>
/// One in ten readers of the event stream takes nothing in, over real sockets. ANYVISOR_STREAMS=1000 makes it a thousand.
/// </summary>
public sealed class StalledReaderTests : IAsyncLifetime
{
    private readonly RunningServer _server = new() { ListenerPatience = TimeSpan.FromSeconds(4) };
    private const int Events = 6000;
    private static readonly int Streams = Environment.GetEnvironmentVariable("ANYVISOR_STREAMS") is { } given ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_stalled_ones_are_cut_off_and_the_others_miss_nothing()
    {
        var feed = _server.Core.Inventory.Events;
        var stalled = await Task.WhenAll(Enumerable.Range(0, Streams / 10).Select(_ => StallAsync()));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var from = feed.LastSequence;
        var readers = Enumerable.Range(0, Streams - stalled.Length).Select(_ => ReadAsync(from, stop.Token)).ToArray();
        await UntilAsync(() => feed.Subscribers >= Streams, "all subscribed");

        var text = new string('x', 2000);
        for (var i = 0; i < Events; i++)
            feed.Publish(EventKind.Notice, "provider", "lab", "lab", "lab", text);
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, Token);
        await UntilAsync(() => feed.Subscribers <= 0, "the stalled ones are cut off");
        foreach (var socket in stalled)
            socket.Dispose();

        // What a cut-off reader missed, it gets when it comes back with its last id.
        await ReadAsync(from, Token);
    }

    [Fact]
    public async Task One_that_takes_nothing_in_has_no_more_of_our_memory_than_its_buffers()
    {
        const int eventSize = 4096;
        var limit = _server.App.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxResponseBufferSize!.Value;
        Assert.InRange(limit, 1, 64 << 10);
        using var feed = new EventFeed(new InventoryOptions(), TimeProvider.System);
        using var subscription = feed.Subscribe(null, null);
        for (var i = 0; i < Events; i++)
            feed.Publish(EventKind.Notice, "provider", "lab", "lab", "lab", new string('x', eventSize - 1000));
        // As the server's own, between us and the socket.
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: limit, resumeWriterThreshold: limit / 2, useSynchronizationContext: false));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        // It comes back as soon as it has to wait for the reader.
        var writing = new EventStream(pipe.Writer, TimeProvider.System).WriteAsync(subscription, () => { }, stop.Token);

        Assert.False(writing.IsCompleted);
        Assert.True(pipe.Reader.TryRead(out var held));
        Assert.InRange(held.Buffer.Length, limit, limit + (32 << 10) + eventSize);
        pipe.Reader.AdvanceTo(held.Buffer.Start, held.Buffer.Start);
        Assert.InRange(subscription.Position, 1, Events / 10);
        await stop.CancelAsync();
        await writing;
    }

    /// <summary>Asks for the stream and never reads: the kernel's buffers fill, and then ours would.</summary>
    private async Task<Socket> StallAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(_server.Url.Host, _server.Url.Port, Token);
        var authorization = _server.Viewer.DefaultRequestHeaders.Authorization!;
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization.Scheme} {authorization.Parameter}\r\n\r\n"), Token);
        return socket;
    }

    /// <summary>Reads all events after that one, coming back with its last id when it was cut off itself.</summary>
    private async Task ReadAsync(long position, CancellationToken cancellationToken)
    {
        var notices = 0;
        while (notices < Events)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events");
                request.Headers.Add("Last-Event-ID", position.ToString(System.Globalization.CultureInfo.InvariantCulture));
                using var response = await _server.Viewer.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
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
            catch (IOException)
            {
                // On a busy machine a sound reader may be left behind for so long that it is cut off without a farewell.
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
