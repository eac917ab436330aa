namespace Anyvisor.Model;

/// <param name="Name">The new image's name.</param>
/// <param name="Description">For people.</param>
public sealed record CaptureGuest(string Name, string? Description = null);
