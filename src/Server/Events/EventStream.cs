using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Anyvisor.Core.Inventory.Events;
using Anyvisor.Model;

namespace Anyvisor.Server.Events;

/// <summary>Writes one subscriber's events. What is ready goes out in one flush; a line that takes nothing in is cut.</summary>
internal sealed class EventStream(PipeWriter output, TimeProvider time)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // What a subscriber may have in our buffers before we wait for it.
    private const int FlushAt = 32 * 1024;

    /// <param name="subscription">Where the events come from.</param>
    /// <param name="abort">Cuts the connection without a farewell.</param>
    /// <param name="stop">The caller is gone, or the server stops.</param>
    internal async Task WriteAsync(EventSubscription subscription, Action abort, CancellationToken stop)
    {
        using var cut = subscription.CutOff.Register(abort);
        try
        {
            // The first bytes tell the browser how soon to come back, and that the stream stands.
            Raw("retry: 2000\n: anyvisor\n\n"u8);
            await output.FlushAsync(stop);
            while (await NextAsync(subscription, stop))
                await DrainAsync(subscription, stop);
            End(subscription.Position, "The server ends the stream.");
            await output.FlushAsync(CancellationToken.None);
        }
        catch (SubscriptionException error)
        {
            End(error.Position, error.Message);
            await output.FlushAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // Either nobody listens any more, or the server stops: the client comes back with its last id.
        }
    }

    /// <summary>Waits for an event and keeps the line warm meanwhile; false when the feed has ended.</summary>
    private async Task<bool> NextAsync(EventSubscription subscription, CancellationToken stop)
    {
        var next = subscription.WaitToReadAsync(stop).AsTask();
        while (true)
        {
            try
            {
                return await next.WaitAsync(Heartbeat, time, stop);
            }
            catch (TimeoutException)
            {
                Raw(": \n\n"u8);
                await output.FlushAsync(stop);
            }
        }
    }

    private async Task DrainAsync(EventSubscription subscription, CancellationToken stop)
    {
        var written = 0;
        while (subscription.TryRead(out var item))
        {
            written += Write(item);
            if (written < FlushAt)
                continue;
            await output.FlushAsync(stop);
            written = 0;
        }
        if (written > 0)
            await output.FlushAsync(stop);
    }

    private int Write(PublishedEvent item)
    {
        var json = item.Json.Span;
        var room = output.GetSpan(json.Length + 80);
        var line = new SpanWriter(room);
        line.Add("id: "u8);
        line.Add(item.Sequence);
        line.Add("\nevent: "u8);
        line.Add(Word(item.Event.Kind));
        line.Add("\ndata: "u8);
        line.Add(json);
        line.Add("\n\n"u8);
        output.Advance(line.Length);
        return line.Length;
    }

    private void End(long position, string reason)
    {
        var text = JsonEncodedText.Encode(reason);
        Raw("event: end\ndata: {\"position\":"u8);
        Raw(Encoding.ASCII.GetBytes(position.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Raw(",\"reason\":\""u8);
        Raw(text.EncodedUtf8Bytes);
        Raw("\"}\n\n"u8);
    }

    private void Raw(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    private static ReadOnlySpan<byte> Word(EventKind kind) =>
        kind switch
        {
            EventKind.Added => "added"u8,
            EventKind.Changed => "changed"u8,
            EventKind.Removed => "removed"u8,
            EventKind.Task => "task"u8,
            EventKind.Provider => "provider"u8,
            _ => "notice"u8,
        };

    private ref struct SpanWriter(Span<byte> room)
    {
        private readonly Span<byte> _room = room;

        public int Length { get; private set; }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_room[Length..]);
            Length += bytes.Length;
        }

        public void Add(long number)
        {
            Utf8Formatter.TryFormat(number, _room[Length..], out var written);
            Length += written;
        }
    }
}
