using Anyvisor.Core.Guests;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Inventory;
using Anyvisor.Server.Json;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Problems;
using Anyvisor.Server.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Anyvisor.Server.Consoles;

/// <summary><c>/guests/{id}/console</c>: which consoles a guest has, and each as a WebSocket.</summary>
internal static class ConsoleRoutes
{
    private const string Binary = "binary";

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/guests/{id}/console", ListAsync)
            .Demand(Role.Operator)
            .Describe("getGuestConsoles", "Guests", "A guest's consoles, and a ticket that opens one of them once")
            .Answers<ConsoleTicket>();
        api.MapGet("/guests/{id}/console/{kind}", OpenAsync)
            .WithMetadata(new AllowAnonymousAttribute(), new ByTicket(), new DisableRequestTimeoutAttribute())
            .Describe(
                "openGuestConsole",
                "Guests",
                "Open a console as a WebSocket",
                "Binary messages both ways: bytes of the terminal for `serial`, RFB for `vnc`. The ticket takes the token's place."
            )
            .TakesQuery(QueryParameter.Ticket)
            .Produces(StatusCodes.Status101SwitchingProtocols);
    }

    private static async Task ListAsync(HttpContext http, string id, GuestCommands commands, EstateInventory inventory, AuditTrail audit, CancellationToken cancellationToken)
    {
        QueryText.RequireKnown(http.Request);
        var guest = inventory.Resolve<Guest>("guest", id);
        var ticket = await commands.ConsolesAsync(guest.Id.ToString(), http.Caller(), cancellationToken);
        // Whoever holds the ticket can type into the guest: that is written down before it is handed out.
        await audit.NoteAsync(http.Caller(), "guest.console", $"guest {guest.Provider}/{guest.Name}", cancellationToken);
        await JsonAnswer.OkAsync(http, ticket, ModelJson.Default.ConsoleTicket);
    }

    private static async Task OpenAsync(
        HttpContext http,
        string id,
        string kind,
        GuestCommands commands,
        EstateInventory inventory,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken
    )
    {
        if (!SameSite.OriginIsOurs(http.Request))
            throw ProblemFactory.PermissionDenied($"The page at {http.Request.Headers.Origin} may not open consoles of this server.");
        var console = ParseKind(kind);
        RequireWebSocket(http);
        var ticket = QueryText.Single(http.Request, "ticket") ?? "";
        // Which guests there are is told to holders of a ticket alone.
        var guest = inventory.Resolve<Guest>(Reference.Decode(id)).Found ?? throw NoTicket();
        await using var stream = await commands.OpenConsoleAsync(guest.Id.ToString(), console, ticket, cancellationToken);
        using var socket = await http.WebSockets.AcceptWebSocketAsync(Subprotocol(http));
        await new ConsoleRelay(socket, stream, time).RunAsync(lifetime.ApplicationStopping, cancellationToken);
    }

    private static string? Subprotocol(HttpContext http) => http.WebSockets.WebSocketRequestedProtocols.Contains(Binary) ? Binary : null;

    private static CommandException NoTicket() =>
        ProblemFactory.PermissionDenied("This console ticket is unknown, used, too old or another guest's: ask for a new one.");

    private static ConsoleKind ParseKind(string text) =>
        text switch
        {
            "serial" => ConsoleKind.Serial,
            "vnc" => ConsoleKind.Vnc,
            _ => throw ProblemFactory.NotFound("kind of console", text, ["serial", "vnc"]),
        };

    private static void RequireWebSocket(HttpContext http)
    {
        if (http.WebSockets.IsWebSocketRequest)
            return;
        http.Response.Headers.Upgrade = "websocket";
        throw new CommandException(
            ProblemWriter.Make(
                ProblemTypes.InvalidArgument,
                "A WebSocket is needed",
                StatusCodes.Status426UpgradeRequired,
                "A console is a WebSocket: connect with ws:// or wss:// and a ticket."
            )
        );
    }
}

/// <summary>The route takes a ticket instead of a role.</summary>
internal sealed record ByTicket;
