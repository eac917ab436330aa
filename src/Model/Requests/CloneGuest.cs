namespace Anyvisor.Model;

/// <param name="Name">The new guest's name.</param>
/// <param name="Linked">Overlays on the source's disks rather than copies, where the system can; the default.</param>
/// <param name="Start">Start it once it is made.</param>
public sealed record CloneGuest(string Name, bool? Linked = null, bool Start = false);
