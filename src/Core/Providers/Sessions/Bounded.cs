namespace Anyvisor.Core.Providers.Sessions;

/// <summary>Waits for what a driver does, and no longer than that: a driver may ignore cancellation.</summary>
internal static class Bounded
{
    /// <summary>Returns when the task ended, in whatever way, or the time is up.</summary>
    public static async Task EndAsync(Task task, TimeSpan most, TimeProvider time)
    {
        try
        {
            await task.WaitAsync(most, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException || task.IsCompleted)
        {
            // How it ended was somebody else's to report, or it is left to itself.
        }
        if (!task.IsCompleted)
            Observe(task);
    }

    /// <summary>A failure that comes after nobody waits any more is not the process's.</summary>
    public static void Observe(Task task) =>
        _ = task.ContinueWith(static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
