using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>What starts a guest's operating system.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Firmware>))]
public enum Firmware : byte
{
    Unknown,
    Bios,
    Uefi,
    OpenFirmware,

    /// <summary>Initial program load, the mainframe's way.</summary>
    Ipl,

    /// <summary>None: a container or zone shares its host's kernel.</summary>
    None,
}
