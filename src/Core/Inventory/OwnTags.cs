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

    /// <summary>Null where the guest has none of ours: then the system's hold.</summary>
    internal ImmutableDictionary<string, string>? Of(ObjectId guest) => _tags.GetValueOrDefault(guest);

    /// <summary>Sets the guest's tags to exactly these; durable when it returns.</summary>
    internal async Task SetAsync(ObjectId guest, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken)
    {
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
