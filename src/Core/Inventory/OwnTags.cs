using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Anyvisor.Core.Guests;
using Anyvisor.Core.Store;
using Anyvisor.Model;
using Dapper;

namespace Anyvisor.Core.Inventory;

/// <summary>
/// The tags of guests whose system keeps none. What we were asked to remember is no observation: it is in the ledger,
/// and outlives the estate that was seen. Safe for many threads.
/// </summary>
internal sealed class OwnTags(Database? database)
{
    private readonly ConcurrentDictionary<ObjectId, ImmutableDictionary<string, string>> _tags = new();
    private readonly ConcurrentDictionary<ObjectId, long> _gone = new();
    private long _losses;

    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (database is null)
            return;
        var rows = await database
            .Ledger.ReadAsync(connection => connection.Query<(string Guest, string Tags)>("SELECT guest, tags FROM guest_tag").ToList(), cancellationToken)
            .ConfigureAwait(false);
        foreach (var (guest, tags) in rows)
            _tags[ObjectId.Parse(guest)] = JsonSerializer.Deserialize(tags, CommandJson.Default.ImmutableDictionaryStringString)!;
    }

    /// <summary>Whether a provider's guests have tags of ours: its driver may have learnt to keep them since.</summary>
    internal Func<string, bool> AreOurs { get; set; } = static _ => true;

    /// <summary>Null where the guest has none of ours: then the system's hold.</summary>
    internal ImmutableDictionary<string, string>? Of(string provider, ObjectId guest) =>
        _tags.TryGetValue(guest, out var tags) && AreOurs(provider) ? tags : null;

    /// <summary>
    /// The guest is gone: one that comes after it under its identity is another one. <see cref="TidyAsync"/> makes it durable.
    /// </summary>
    internal void Forget(ObjectId guest)
    {
        if (_tags.TryRemove(guest, out _))
            _gone[guest] = Interlocked.Increment(ref _losses);
    }

    /// <summary>Whether something is forgotten that is still written down.</summary>
    internal bool IsUntidy => !_gone.IsEmpty;

    /// <summary>Deletes what is forgotten.</summary>
    internal async Task TidyAsync(CancellationToken cancellationToken)
    {
        if (database is null || _gone.IsEmpty)
            return;
        var gone = await database.Ledger.WriteAsync(DeleteGone, cancellationToken).ConfigureAwait(false);
        foreach (var one in gone)
            _gone.TryRemove(one);
    }

    // Looked up when it is the writer's turn: one that was tagged anew meanwhile is not gone.
    private KeyValuePair<ObjectId, long>[] DeleteGone(System.Data.Common.DbConnection connection)
    {
        var gone = _gone.ToArray();
        foreach (var (guest, _) in gone)
            connection.Execute("DELETE FROM guest_tag WHERE guest = @guest", new { guest = guest.ToString() });
        return gone;
    }

    /// <summary>Sets the guest's tags to exactly these; durable when it returns.</summary>
    internal async Task SetAsync(ObjectId guest, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        _gone.TryRemove(guest, out _);
        if (database is not null)
            await database
                .Ledger.WriteAsync(
                    connection =>
                        connection.Execute(
                            "INSERT INTO guest_tag (guest, tags) VALUES (@guest, @tags) ON CONFLICT (guest) DO UPDATE SET tags = excluded.tags",
                            new { guest = guest.ToString(), tags = JsonSerializer.Serialize(tags, CommandJson.Default.ImmutableDictionaryStringString) }
                        ),
                    cancellationToken
                )
                .ConfigureAwait(false);
        _tags[guest] = tags;
    }
}
