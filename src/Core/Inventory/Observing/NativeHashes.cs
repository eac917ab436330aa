using System.Buffers.Binary;
using System.Collections.Concurrent;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Observing;

/// <summary>
/// Native documents on their way to the store, and of those that are there a hash each, so that a document that did
/// not change is not written again. Documents themselves are not kept in memory.
/// </summary>
internal sealed class NativeHashes
{
    private readonly ConcurrentDictionary<ObjectId, ulong> _hashes = new();
    private readonly Lock _gate = new();
    private Dictionary<ObjectId, NativeDocument> _pending = [];

    /// <summary>Whether there is something to store.</summary>
    internal bool HasPending
    {
        get
        {
            lock (_gate)
                return _pending.Count > 0;
        }
    }

    /// <returns>Whether the document is another one than before.</returns>
    internal bool Note(NativeDocument document)
    {
        var hash = HashOf(document.Json.Span);
        if (_hashes.TryGetValue(document.Id, out var known) && known == hash)
            return false;
        _hashes[document.Id] = hash;
        lock (_gate)
            _pending[document.Id] = document with { Json = document.Json.ToArray() };
        return true;
    }

    internal void Known(ObjectId id, ulong hash) => _hashes[id] = hash;

    internal void Forget(ObjectId id)
    {
        _hashes.TryRemove(id, out _);
        lock (_gate)
            _pending.Remove(id);
    }

    internal NativeDocument? Pending(ObjectId id)
    {
        lock (_gate)
            return _pending.GetValueOrDefault(id);
    }

    /// <summary>Hands over what is to be stored.</summary>
    internal Dictionary<ObjectId, NativeDocument> Take()
    {
        lock (_gate)
        {
            var taken = _pending;
            _pending = [];
            return taken;
        }
    }

    internal static ulong HashOf(ReadOnlySpan<byte> text)
    {
        var hash = 0x9E3779B97F4A7C15UL ^ (ulong)text.Length;
        for (; text.Length >= 8; text = text[8..])
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text));
        ulong rest = 0;
        foreach (var b in text)
            rest = rest << 8 | b;
        return Mix(hash ^ rest);
    }

    private static ulong Mix(ulong value)
    {
        value ^= value >> 32;
        value *= 0xD6E8FEB86659FD93UL;
        value ^= value >> 29;
        value *= 0xFF51AFD7ED558CCDUL;
        return value ^ value >> 32;
    }
}
