using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

[JsonConverter(typeof(KebabCaseEnumConverter<ConcernSeverity>))]
public enum ConcernSeverity : byte
{
    Information,
    Warning,
    Critical,
}

/// <summary>One finding about a guest, host or plan, as data.</summary>
/// <param name="Id">Stable and dotted (<c>libvirt.emulated</c>), for scripts to match.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Label">A few words.</param>
/// <param name="Assessment">What is so, and what follows from it.</param>
/// <param name="Remedy">What a person can do about it, where something can be done.</param>
public sealed record Concern(string Id, ConcernSeverity Severity, string Label, string Assessment, string? Remedy = null);
