using System.Globalization;
using System.Xml.Linq;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.VCloud.Wire;

/// <summary>Waits for the system's tasks. It has no event for them: they are asked for, less often the longer they take.</summary>
internal sealed class VcdTasks(VcdClient client, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    /// <summary>Sends a request that begins a task, and waits for it.</summary>
    /// <returns>What the request answered: a task, or the object that the task works on.</returns>
    public async Task<XElement?> RunAsync(VcdRequest request, Action<double>? progress, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        foreach (var task in Of(answer))
            await WaitAsync(task, request.What, progress, cancellationToken).ConfigureAwait(false);
        return answer;
    }

    /// <summary>The tasks that an answer is, or holds.</summary>
    public static List<XElement> Of(XElement? answer) => answer is null ? [] : answer.Is("Task") ? [answer] : [.. answer.Child("Tasks").Children("Task")];

    public static bool Runs(XElement task) => task.Attr("status") is "queued" or "preRunning" or "running";

    public async Task WaitAsync(XElement task, string what, Action<double>? progress, CancellationToken cancellationToken)
    {
        var href = task.Attr("href") ?? throw new ProviderException(ProviderError.ProtocolViolation, $"{client.Where} began a task while {what} and does not say where it is.");
        for (var wait = TimeSpan.FromMilliseconds(100); Runs(task); wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, Longest.Ticks)))
        {
            if (double.TryParse(task.Text("Progress"), NumberStyles.None, CultureInfo.InvariantCulture, out var share))
                progress?.Invoke(share / 100);
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            task = await LookAsync(href, what, cancellationToken).ConfigureAwait(false);
        }
        if (task.Attr("status") != "success")
            throw VcdErrors.Explain(task.Child("Error"), what, client.Where);
    }

    /// <summary>A task that can't be looked at may still do what it was begun for.</summary>
    private async Task<XElement> LookAsync(string href, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync(VcdClient.Path(href), what, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e)
        {
            throw new ProviderException(e.Error, $"The task was begun, and can't be followed any more: {e.Message}", e) { NativeCode = e.NativeCode, OutcomeUnknown = true };
        }
    }
}
