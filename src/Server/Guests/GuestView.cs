using Anyvisor.Core.Guests;
using Anyvisor.Model;
using Anyvisor.Server.Lists;

namespace Anyvisor.Server.Guests;

/// <summary>Completes a guest for the one who looks at it: what may this caller do to it now?</summary>
internal sealed class GuestView(GuestCommands commands)
{
    /// <summary>Null where nobody asks for that: it costs more than the rest of the guest.</summary>
    internal Func<Guest, Guest>? For(Role role, FieldSelection<Guest>? fields) =>
        fields is null || fields.Contains("actions") ? guest => guest with { Actions = commands.ActionsFor(guest, role) } : null;
}
