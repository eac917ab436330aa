using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>How a verb is done on a system.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<ActionLevel>))]
public enum ActionLevel : byte
{
    /// <summary>The driver can't do it on this system.</summary>
    None,

    /// <summary>The system shows it and lets nobody change it.</summary>
    ReadOnly,

    /// <summary>We make it up from other calls.</summary>
    Emulated,
    Native,
}

/// <summary>Why a verb is not possible.</summary>
/// <param name="Code">Stable and kebab-case, for scripts.</param>
/// <param name="Text">A sentence for a person.</param>
public sealed record ActionReason(string Code, string Text);

/// <summary>Whether a verb can be done to an object now, how, and if not, why not.</summary>
public sealed record ActionState(bool Allowed, ActionLevel Level, ActionReason? Reason = null)
{
    public static ActionState Native { get; } = new(true, ActionLevel.Native);

    public static ActionState Emulated { get; } = new(true, ActionLevel.Emulated);

    public static ActionState Refused(ActionLevel level, string code, string text) => new(false, level, new ActionReason(code, text));
}
