using System.Diagnostics;

namespace Anyvisor.EndToEnd.Harness;

/// <summary>Awaits a condition of a system that sends us no event, such as what virsh says.</summary>
internal static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <exception cref="TimeoutException">Says what was last seen.</exception>
    internal static async Task<T> AsyncOf<T>(
        string what,
        Func<Task<T>> look,
        Func<T, bool> isSo,
        CancellationToken cancellationToken,
        int seconds = 120
    )
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (isSo(seen))
                return seen;
            if (Stopwatch.GetElapsedTime(since).TotalSeconds > seconds)
                throw new TimeoutException($"Not within {seconds} s: {what}. Last seen: {seen}");
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }
}
