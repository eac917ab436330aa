using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>A family of operating systems.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<OsFamily>))]
public enum OsFamily : byte
{
    Unknown,
    Linux,
    Windows,
    Aix,
    Ibmi,
    Solaris,
    Illumos,
    Bsd,
    Zvm,
    Zos,
    Zvse,
    Other,
}
