using System.Collections.Immutable;

namespace Anyvisor.Model;

// The JSON reader sets every init property, to default where the field is absent: collections guard themselves.
/// <summary>A provider to connect to. The one place where secrets come in; they go nowhere out.</summary>
public sealed record AddProvider
{
    public required string Name { get; init; }
    public required string Driver { get; init; }
    public required string Url { get; init; }
    public string? User { get; init; }
    public string? Password { get; init; }
    public ImmutableDictionary<string, string> Settings { get; init => field = value ?? ImmutableDictionary<string, string>.Empty; } = ImmutableDictionary<string, string>.Empty;
    public bool Insecure { get; init; }

    /// <summary>Add it although it does not answer now.</summary>
    public bool SkipCheck { get; init; }

    // A record prints its properties: this one must not.
    public override string ToString() => $"provider {Name} ({Driver})";
}

/// <summary>Changes to a provider; what is null stays.</summary>
public sealed record PatchProvider
{
    public string? Url { get; init; }
    public string? User { get; init; }
    public string? Password { get; init; }
    public ImmutableDictionary<string, string?>? Settings { get; init; }
    public bool? Insecure { get; init; }
    public bool? Enabled { get; init; }

    public override string ToString() => "changes to a provider";
}
