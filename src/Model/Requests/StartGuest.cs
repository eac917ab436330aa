using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>How a guest is to be started.</summary>
public sealed record StartGuest
{
    /// <summary>Settings that the driver declares for starting (<c>boot-mode</c>, <c>profile</c>).</summary>
    public ImmutableDictionary<string, string> Settings { get; init => field = value ?? ImmutableDictionary<string, string>.Empty; } = ImmutableDictionary<string, string>.Empty;
}
