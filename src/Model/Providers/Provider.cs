using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>How a provider's changes reach us.</summary>
/// <param name="Events">Whether the system tells changes by itself.</param>
/// <param name="PollSeconds">How often we look besides; null where events are enough.</param>
public sealed record Freshness(bool Events, double? PollSeconds);

/// <summary>One management API that we are connected to. Never holds a secret.</summary>
public sealed record Provider
{
    /// <summary>The same as <see cref="Name"/>: a provider's name is its identity and does not change.</summary>
    public string Id => Name;
    public required string Name { get; init; }

    /// <summary>The driver's kind: <c>libvirt</c>, <c>sim</c>.</summary>
    public required string Driver { get; init; }

    /// <summary>Without credentials.</summary>
    public required string Url { get; init; }
    public string? User { get; init; }

    /// <summary>Settings that are not secret, by the names that the driver declares.</summary>
    public ImmutableDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Names of the secret settings that are stored, never their values.</summary>
    public ImmutableArray<string> Secrets { get; init; } = [];

    /// <summary>Whether the server's certificate or host key is not verified.</summary>
    public bool Insecure { get; init; }
    public bool Enabled { get; init; } = true;
    public ProviderState State { get; init; }

    /// <summary>Since when <see cref="State"/> holds, UTC.</summary>
    public DateTime? StateSince { get; init; }

    /// <summary>What went wrong last, while it is wrong.</summary>
    public ProviderProblem? Problem { get; init; }

    /// <summary>The system's product and version, as it says.</summary>
    public string? Product { get; init; }
    public string? Version { get; init; }
    public Freshness? Freshness { get; init; }

    /// <summary>When the last full listing was complete, UTC.</summary>
    public DateTime? SyncedAt { get; init; }

    /// <summary>When we last heard anything from it, UTC.</summary>
    public DateTime? HeardAt { get; init; }
    public int Guests { get; init; }
    public int Hosts { get; init; }
    public DateTime CreatedAt { get; init; }
}

/// <summary>Why a provider does not work.</summary>
/// <param name="Code">One of the closed set of provider errors, in kebab-case; or <c>secrets-unreadable</c>, <c>suspicious-listing</c>.</param>
/// <param name="Text">What happened, where, and what to do.</param>
/// <param name="NativeCode">The system's own code.</param>
public sealed record ProviderProblem(string Code, string Text, string? NativeCode = null);
