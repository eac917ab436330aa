using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>Whether the provider still shows an object.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Presence>))]
public enum Presence : byte
{
    Present,

    /// <summary>Two authoritative listings in a row did not have it.</summary>
    Missing,

    /// <summary>The provider does not answer: what is shown is the last that was seen.</summary>
    Unreachable,
}
