using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Anyvisor.Client;

public sealed partial class AnyvisorClient
{
    /// <summary>Follows a list's cursors page by page until it ends or the query's limit is reached.</summary>
    public async IAsyncEnumerable<RawPage> ListPagesAsync(
        string path,
        ListQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(query);
        var left = query.Limit ?? long.MaxValue;
        string? cursor = null;
        do
        {
            var page = await GetAsync(query.Path(path, left, cursor), cancellationToken);
            if (page.ValueKind != JsonValueKind.Object || !page.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Array)
                throw new ApiException(Failures.NotOurs(Server, "a list without items"));
            left -= items.GetArrayLength();
            cursor = page.TryGetProperty("nextCursor", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString() : null;
            var total = page.TryGetProperty("total", out var count) && count.TryGetInt64(out var number) ? number : items.GetArrayLength();
            // A server that gives an empty page with a cursor would have us ask for ever.
            if (items.GetArrayLength() == 0)
                cursor = null;
            yield return new RawPage(items, total, cursor is null || left <= 0);
        } while (cursor is not null && left > 0);
    }

    /// <summary>The items of a list as records.</summary>
    public async IAsyncEnumerable<T> ListAsync<T>(
        string path,
        ListQuery query,
        JsonTypeInfo<T> type,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var page in ListPagesAsync(path, query, cancellationToken))
            foreach (var item in page.Items.EnumerateArray())
                if (item.Deserialize(type) is { } value)
                    yield return value;
    }
}
