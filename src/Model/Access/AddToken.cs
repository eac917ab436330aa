namespace Anyvisor.Model;

/// <summary>A token to make.</summary>
/// <param name="Name">1 to 64 of letters, digits, <c>. _ -</c>.</param>
/// <param name="Role">What it may do.</param>
/// <param name="ExpiresAt">UTC; null for never.</param>
public sealed record AddToken(string Name, Role Role, DateTime? ExpiresAt = null);
