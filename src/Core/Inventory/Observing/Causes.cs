using System.Collections.Concurrent;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>Which tasks of ours work on which guests, so that what changes is put down to them.</summary>
internal sealed class Causes(TimeProvider time)
{
    /// <summary>Systems tell what a call did a moment after it returned.</summary>
    private static readonly TimeSpan Echo = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ObjectId, Cause> _causes = new();

    internal IDisposable Note(ObjectId guest, string task)
    {
        var cause = new Cause(time, task);
        _causes[guest] = cause;
        return cause;
    }

    internal string? Of(ObjectId guest) => _causes.TryGetValue(guest, out var cause) && cause.Holds ? cause.Task : null;

    internal void Sweep()
    {
        foreach (var entry in _causes)
            if (!entry.Value.Holds)
                _causes.TryRemove(entry);
    }

    private sealed class Cause(TimeProvider time, string task) : IDisposable
    {
        private long _ended;

        internal string Task { get; } = task;

        internal bool Holds => Volatile.Read(ref _ended) is var ended && (ended == 0 || time.GetElapsedTime(ended) <= Echo);

        public void Dispose() => Interlocked.CompareExchange(ref _ended, time.GetTimestamp(), 0);
    }
}
