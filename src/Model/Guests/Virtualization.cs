using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>How a guest is kept apart from its host.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Virtualization>))]
public enum Virtualization : byte
{
    Unknown,
    Full,
    Para,
    Pvh,
    HardwarePartition,
    OsLevel,
    Emulated,
}
