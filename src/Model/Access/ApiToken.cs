namespace Anyvisor.Model;

/// <summary>A named key to the API, without the key.</summary>
public sealed record ApiToken
{
    public required string Name { get; init; }
    public required Role Role { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? ExpiresAt { get; init; }
    public DateTime? LastUsedAt { get; init; }
}

/// <summary>A new token with its key, which is told this one time.</summary>
public sealed record NewApiToken(ApiToken Token, string Secret);
