using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>What a guest's processors do, as the system was last seen to say.</summary>
/// <remarks>A word of the system that no table maps is <see cref="Unknown"/>, never <see cref="Off"/>.</remarks>
[JsonConverter(typeof(KebabCaseEnumConverter<PowerState>))]
public enum PowerState : byte
{
    Unknown,
    On,
    Off,

    /// <summary>Stopped with its memory kept in RAM.</summary>
    Paused,

    /// <summary>Stopped with its memory on disk.</summary>
    Suspended,
    Crashed,
}
