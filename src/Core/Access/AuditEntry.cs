namespace Anyvisor.Core.Access;

/// <summary>A line for the audit log, before it has its number. Holds no secret: name things, don't quote bodies.</summary>
/// <param name="Actor">The token's name.</param>
/// <param name="Action">What was asked: <c>guest.create</c>, <c>provider.add</c>, <c>token.remove</c>.</param>
/// <param name="Outcome"><c>accepted</c>, <c>done</c>, <c>refused</c>, <c>failed</c>, <c>cancelled</c> or <c>needs-check</c>.</param>
public sealed record AuditEntry(string Actor, string Action, string Outcome)
{
    /// <summary>On what: <c>guest lab/web1</c>.</summary>
    public string? Target { get; init; }

    /// <summary>The caller's address.</summary>
    public string? From { get; init; }
    public string? Task { get; init; }

    /// <summary>Why, where it was refused or failed.</summary>
    public string? Detail { get; init; }
}
