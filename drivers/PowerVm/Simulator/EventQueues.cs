using System.Threading.Channels;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>One thing that happened.</summary>
internal sealed record HmcEvent(string Type, string Data, string Detail);

/// <summary>A queue for each listener. One that is full loses everything and is told so, as the console does.</summary>
internal sealed class EventQueues
{
    private const int Most = 5000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Channel<HmcEvent>> _queues = [];

    /// <summary>The queue of a listener, and whether it is new.</summary>
    public (ChannelReader<HmcEvent> Reader, bool New) Of(string listener)
    {
        lock (_gate)
        {
            if (_queues.TryGetValue(listener, out var known))
                return (known.Reader, false);
            var queue = Channel.CreateUnbounded<HmcEvent>();
            _queues[listener] = queue;
            return (queue.Reader, true);
        }
    }

    public void Tell(string type, string data, string detail)
    {
        lock (_gate)
            foreach (var queue in _queues.Values)
            {
                if (queue.Reader.Count >= Most)
                {
                    while (queue.Reader.TryRead(out _)) { }
                    _ = queue.Writer.TryWrite(new HmcEvent("MISSING_EVENTS", "", ""));
                }
                _ = queue.Writer.TryWrite(new HmcEvent(type, data, detail));
            }
    }

    /// <summary>A session that ended takes its queues along.</summary>
    public void Forget(string session)
    {
        lock (_gate)
            foreach (var gone in _queues.Keys.Where(key => key.StartsWith(session, StringComparison.Ordinal)).ToList())
                _ = _queues.Remove(gone);
    }
}
