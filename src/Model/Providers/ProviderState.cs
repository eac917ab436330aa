using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>How our connection to a provider stands.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<ProviderState>))]
public enum ProviderState : byte
{
    /// <summary>Not connected yet since the server started.</summary>
    Connecting,

    /// <summary>Connected, the first full listing is under way.</summary>
    Syncing,

    /// <summary>Connected and in step.</summary>
    Connected,

    /// <summary>Does not answer; we keep trying.</summary>
    Unreachable,

    /// <summary>Refuses our credentials or its certificate changed: a person has to act.</summary>
    Refused,

    /// <summary>Switched off by a person.</summary>
    Disabled,

    /// <summary>A listing lost an implausible share of the guests: a person has to confirm it.</summary>
    Suspicious,
}
