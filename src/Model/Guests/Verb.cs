using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>What can be asked of a guest, by the words of the API (<c>POST /guests/{id}:start</c>).</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Verb>))]
public enum Verb : byte
{
    Start,

    /// <summary>Pull the plug.</summary>
    Stop,

    /// <summary>Ask the operating system to end.</summary>
    Shutdown,

    /// <summary>Ask the operating system to restart.</summary>
    Reboot,

    /// <summary>Press the reset button.</summary>
    Reset,
    Pause,

    /// <summary>Go on after pause or suspend.</summary>
    Resume,
    Suspend,
    Rename,
    Resize,
    Tag,
    Delete,
    Clone,

    /// <summary>Make an image of it.</summary>
    Capture,
    SnapshotCreate,
    SnapshotRevert,
    SnapshotDelete,
    Migrate,
    Move,
    ConsoleSerial,
    ConsoleVnc,
}
