using Anyvisor.Model;

namespace Anyvisor.Core.Access;

/// <summary>Who asks: a signed-in token and where it speaks from.</summary>
/// <param name="Name">The token's name.</param>
/// <param name="Role">What it may do.</param>
/// <param name="From">The caller's address, for the audit log.</param>
public sealed record Caller(string Name, Role Role, string? From = null);
