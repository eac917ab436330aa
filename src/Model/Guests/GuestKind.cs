using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>What its platform calls a guest.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<GuestKind>))]
public enum GuestKind : byte
{
    Vm,
    Partition,
    Zone,
    Container,
    Instance,
}
