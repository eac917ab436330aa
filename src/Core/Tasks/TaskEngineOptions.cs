namespace Anyvisor.Core.Tasks;

/// <summary>Limits of the task engine.</summary>
public sealed record TaskEngineOptions
{
    /// <summary>Tasks that run at once, over all providers.</summary>
    public int AtOnce { get; init; } = 64;

    /// <summary>How long an interrupted step waits for a provider that does not answer.</summary>
    public TimeSpan ProviderPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest pause between two looks at a provider that does not answer.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a step is tried that the system, asked afterwards, has not done.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>Ended tasks that are kept; older ones are forgotten with their log and idempotency key.</summary>
    public int Kept { get; init; } = 20_000;

    /// <summary>The shortest time between two progress events of a task.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(250);
}
