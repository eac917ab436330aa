namespace Anyvisor.Model;

/// <param name="Name">Unique within the guest; null lets us choose by time.</param>
/// <param name="Description">For people.</param>
/// <param name="Memory">Whether the memory of a running guest is saved too; null is the driver's default, which is yes where it can.</param>
/// <param name="Quiesce">Ask the guest's agent to quiesce file systems first.</param>
public sealed record CreateSnapshot(string? Name = null, string? Description = null, bool? Memory = null, bool Quiesce = false);
