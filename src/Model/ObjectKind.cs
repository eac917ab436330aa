using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>The kinds of object that an inventory holds.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<ObjectKind>))]
public enum ObjectKind : byte
{
    Guest,
    Host,
    Cluster,
    Image,
    Size,
    Volume,
    Datastore,
    Network,
    Snapshot,
}
