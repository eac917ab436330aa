using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

[JsonConverter(typeof(KebabCaseEnumConverter<EntitlementMode>))]
public enum EntitlementMode : byte
{
    Shared,
    Dedicated,
}
