using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>How a fact reached us.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<ObservationSource>))]
public enum ObservationSource : byte
{
    Poll,
    Event,

    /// <summary>Concluded from another fact, not said by the system.</summary>
    Inferred,
}
