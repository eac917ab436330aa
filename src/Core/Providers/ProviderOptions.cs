namespace Anyvisor.Core.Providers;

/// <summary>What an operator can set about connections to providers.</summary>
public sealed record ProviderOptions
{
    /// <summary>How long signing in may take.</summary>
    public TimeSpan ConnectDeadline { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A provider that nothing was heard of for so long is unreachable.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>A full listing that is not whole after so long has failed.</summary>
    public TimeSpan ListingDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The first wait before connecting again; it doubles from then on.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before connecting again.</summary>
    public TimeSpan MostRetryDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The wait after our credentials or the other end's certificate were refused: a person has to act, and accounts get locked.</summary>
    public TimeSpan RefusedDelay { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A connection that held so long starts its waits anew.</summary>
    public TimeSpan HealthyAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Calls at once to one provider.</summary>
    public int CallsAtOnce { get; init; } = 32;

    /// <summary>Changes that wait to be taken in, of one provider.</summary>
    public int MostPending { get; init; } = 16_384;

    /// <summary>Changes a second that are read from one provider outside of listings; more has to wait at its end.</summary>
    public int MostChangesPerSecond { get; init; } = 200_000;

    /// <summary>The least time between two batches outside of listings, in which what changes twice is taken in once.</summary>
    public TimeSpan BatchDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How long adding a provider waits for its first listing before it answers.</summary>
    public TimeSpan FirstListingWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the end of a connection is waited for; one that takes longer is left to itself.</summary>
    public TimeSpan CloseDeadline { get; init; } = TimeSpan.FromSeconds(5);
}
