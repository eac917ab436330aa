namespace Anyvisor.Model;

/// <summary>One line of the append-only audit log: who did what, to what, from where, with which outcome.</summary>
public sealed record AuditRecord
{
    public required long Sequence { get; init; }
    public required DateTime At { get; init; }
    public required string Actor { get; init; }
    public required string Action { get; init; }
    public string? Target { get; init; }

    /// <summary>The caller's address.</summary>
    public string? From { get; init; }

    /// <summary><c>accepted</c> before it is begun; then <c>done</c>, <c>refused</c>, <c>failed</c>, <c>cancelled</c> or <c>needs-check</c>.</summary>
    public required string Outcome { get; init; }
    public string? Task { get; init; }
    public string? Detail { get; init; }
}
