using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Anyvisor.Client;

public sealed partial class AnyvisorClient
{
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ServerAwayAtMost = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A task as it goes on, until it has ended: the last document is its end. A server that restarts meanwhile is
    /// waited for, since tasks outlive it.
    /// </summary>
    public async IAsyncEnumerable<JsonElement> FollowTaskAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/tasks/{Segment(id)}?wait={LongPoll.TotalSeconds}");
        var pause = TimeSpan.FromMilliseconds(20);
        long? awaySince = null;
        while (true)
        {
            var asked = _options.Time.GetTimestamp();
            JsonElement? task = null;
            try
            {
                task = await GetAsync(path, cancellationToken);
                awaySince = null;
            }
            catch (ApiException error) when (error.ServerAway)
            {
                awaySince ??= asked;
                if (_options.Time.GetElapsedTime(awaySince.Value) > ServerAwayAtMost)
                    throw;
            }
            if (task is { } document)
            {
                yield return document;
                if (TaskStates.HasEnded(document))
                    yield break;
            }
            // The long poll paces us; where it answered at once, we do so ourselves.
            if (_options.Time.GetElapsedTime(asked) < LongPoll / 2)
            {
                await Task.Delay(pause, _options.Time, cancellationToken);
                pause = pause * 2 < LongPoll / 2 ? pause * 2 : LongPoll / 2;
            }
        }
    }
}
