using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory;

/// <summary>
/// The objects of one kind other than guests, as records. Readers never wait; each provider's objects are written by
/// that provider's one writer.
/// </summary>
internal sealed class RecordTable<T>(FieldSet<T> fields)
    where T : class, IInventoryObject
{
    private readonly ConcurrentDictionary<ObjectId, T> _objects = new();

    internal int Count => _objects.Count;

    internal IEnumerable<T> All => _objects.Select(o => o.Value);

    internal T? Get(ObjectId id) => _objects.GetValueOrDefault(id);

    internal void Put(T item) => _objects[item.Id] = item;

    internal T? Remove(ObjectId id) => _objects.TryRemove(id, out var item) ? item : null;

    internal Page<T> Query(ListQuery query, DateTime now, Func<T, bool>? also = null)
    {
        var filter = fields.Compile(FilterParser.Parse(query.Filter), now);
        var sort = fields.CompileSort(query.Sort);
        var scope = QueryScope.Of(fields.Subject, filter.Syntax, query);
        var cursor = PageCursor.Read(query.Cursor, scope, sort.Length);
        var matches = All.Where(item => filter.Fits(item) && (also is null || also(item)))
            .Select(item => new PageCursor([.. sort.Select(s => s.Field.Sort(item))], item.Id))
            .ToList();
        var order = new SortOrder([.. sort.Select(s => s.Descending)]);
        var rest = matches.Where(m => cursor is null || order.Compare(m, cursor) > 0).Order(order).Take(query.Limit + 1).ToList();
        var items = rest.Take(query.Limit).Select(m => Get(m.Id)).OfType<T>().ToImmutableArray();
        var next = rest.Count > query.Limit ? rest[query.Limit - 1].Write(scope) : null;
        return new Page<T>(items, next, matches.Count);
    }

    internal Resolution<T> Resolve(string reference) => QueryScope.Resolve<T>(reference, Get, name => All.Where(o => string.Equals(o.Name, name, StringComparison.Ordinal)));
}
