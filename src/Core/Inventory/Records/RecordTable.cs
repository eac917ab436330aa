using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Records;

/// <summary>
/// The objects of one kind other than guests. Readers never wait; each provider's objects are written by that
/// provider's one writer.
/// </summary>
internal abstract class RecordTable(ObjectKind kind)
{
    internal ObjectKind Kind { get; } = kind;

    internal abstract IInventoryObject? Find(ObjectId id);

    /// <returns>Whether the object is different from before in more than when it was seen or what is measured all the time.</returns>
    internal abstract bool Put(IInventoryObject item);

    internal abstract IInventoryObject? Remove(ObjectId id);

    internal abstract IInventoryObject WithPresence(IInventoryObject item, Presence presence, DateTime? since);

    internal abstract ImmutableArray<FieldChange> Compare(IInventoryObject before, IInventoryObject after);

    internal abstract byte[] Write(IInventoryObject item);

    internal abstract IInventoryObject? Read(ReadOnlySpan<byte> json);

    internal abstract IEnumerable<ObjectId> IdsOf(string provider);
}

/// <inheritdoc/>
internal sealed class RecordTable<T>(
    ObjectKind kind,
    FieldSet<T> fields,
    Func<T, T, bool> same,
    Func<T, Presence, DateTime?, T> withPresence,
    JsonTypeInfo<T> json
) : RecordTable(kind)
    where T : class, IInventoryObject
{
    private readonly ConcurrentDictionary<ObjectId, T> _objects = new();

    internal IEnumerable<T> All => _objects.Select(o => o.Value);

    internal T? Get(ObjectId id) => _objects.GetValueOrDefault(id);

    internal override IInventoryObject? Find(ObjectId id) => Get(id);

    internal override bool Put(IInventoryObject item)
    {
        var changed = !_objects.TryGetValue(item.Id, out var before) || !same(before, (T)item);
        _objects[item.Id] = (T)item;
        return changed;
    }

    internal override IInventoryObject? Remove(ObjectId id) => _objects.TryRemove(id, out var item) ? item : null;

    internal override IInventoryObject WithPresence(IInventoryObject item, Presence presence, DateTime? since) => withPresence((T)item, presence, since);

    internal override ImmutableArray<FieldChange> Compare(IInventoryObject before, IInventoryObject after) => fields.Compare((T)before, (T)after);

    internal override byte[] Write(IInventoryObject item) => JsonSerializer.SerializeToUtf8Bytes((T)item, json);

    internal override IInventoryObject? Read(ReadOnlySpan<byte> text) => JsonSerializer.Deserialize(text, json);

    internal override IEnumerable<ObjectId> IdsOf(string provider) => All.Where(o => o.Provider == provider).Select(o => o.Id);

    internal Page<T> Query(ListQuery query, DateTime now)
    {
        var filter = fields.Compile(FilterParser.Parse(query.Filter), now);
        var sort = fields.CompileSort(query.Sort);
        var scope = QueryScope.Of(fields.Subject, filter.Syntax, query);
        var cursor = PageCursor.Read(query.Cursor, scope, sort.Length);
        var matches = All.Where(filter.Fits).Select(item => (Item: item, Place: new PageCursor([.. sort.Select(s => s.Field.Sort(item))], item.Id))).ToList();
        var order = new SortOrder([.. sort.Select(s => s.Descending)]);
        var rest = matches.Where(m => cursor is null || order.Compare(m.Place, cursor) > 0).OrderBy(m => m.Place, order).Take(query.Limit + 1).ToList();
        var next = rest.Count > query.Limit ? rest[query.Limit - 1].Place.Write(scope) : null;
        return new Page<T>([.. rest.Take(query.Limit).Select(m => m.Item)], next, matches.Count);
    }

    internal Resolution<T> Resolve(string reference) =>
        QueryScope.Resolve<T>(reference, Get, name => All.Where(o => string.Equals(o.Name, name, StringComparison.Ordinal)));
}
