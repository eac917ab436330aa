using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>Where a guest is between being written down and being deleted.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Lifecycle>))]
public enum Lifecycle : byte
{
    /// <summary>Known to the system, nothing is laid out for it yet (a zone that is configured, not installed).</summary>
    Defined,
    Provisioned,
    Template,
    Shelved,
    Archived,
    Deleted,
    Error,
}
