using Anyvisor.Model;

namespace Anyvisor.Core.Placement;

/// <summary>One thing that can keep a guest off a host.</summary>
/// <param name="Id">Stable: <c>placement.architecture</c>.</param>
/// <param name="Label">A few words.</param>
/// <param name="Objection">Why this host can't; null when it can.</param>
internal sealed record HostRule(string Id, string Label, Func<GuestNeeds, Host, string?> Objection);
