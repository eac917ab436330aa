using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

[JsonConverter(typeof(KebabCaseEnumConverter<ConsoleKind>))]
public enum ConsoleKind : byte
{
    Serial,
    Vnc,
}

/// <summary>A console that a guest has.</summary>
/// <param name="Kind">Which protocol its stream speaks.</param>
/// <param name="Available">Whether it can be opened now.</param>
/// <param name="Reason">Why not.</param>
public sealed record ConsoleInfo(ConsoleKind Kind, bool Available, ActionReason? Reason = null);

/// <summary>Consoles of a guest and a ticket that opens one of them, once.</summary>
/// <param name="Consoles">Which there are.</param>
/// <param name="Ticket">Works for one connection until <paramref name="ExpiresAt"/>.</param>
/// <param name="ExpiresAt">UTC.</param>
public sealed record ConsoleTicket(System.Collections.Immutable.ImmutableArray<ConsoleInfo> Consoles, string Ticket, DateTime ExpiresAt);
