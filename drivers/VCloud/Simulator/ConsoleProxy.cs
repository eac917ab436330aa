using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Anyvisor.Drivers.VCloud.Simulator;

/// <summary>The proxy of screens: a ticket opens once, and what answers says which protocol it speaks, and no more.</summary>
internal sealed class ConsoleProxy
{
    private readonly HashSet<string> _tickets = [];

    public string Ticket()
    {
        var ticket = RandomNumberGenerator.GetHexString(32, lowercase: true);
        lock (_tickets)
            _ = _tickets.Add(ticket);
        return ticket;
    }

    /// <returns>Whether the request was one for a screen.</returns>
    public async Task<bool> AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (!path.StartsWith("/902;", StringComparison.Ordinal))
            return false;
        bool valid;
        lock (_tickets)
            valid = _tickets.Remove(Uri.UnescapeDataString(path[5..]));
        var key = context.Request.Headers["Sec-WebSocket-Key"].ToString();
        if (!valid || key.Length == 0 || context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return true;
        }
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers["Sec-WebSocket-Protocol"] = "binary";
#pragma warning disable CA5350 // The protocol of WebSockets wants SHA-1; nothing is kept secret by it.
        context.Response.Headers["Sec-WebSocket-Accept"] = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await using var stream = await upgrade.UpgradeAsync().ConfigureAwait(false);
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = "binary" });
        await socket.SendAsync("RFB 003.008\n"u8.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, context.RequestAborted).ConfigureAwait(false);
        var buffer = new byte[1024];
        while (socket.State == WebSocketState.Open && (await socket.ReceiveAsync(buffer, context.RequestAborted).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
        {
            // Whatever is typed is not shown.
        }
        return true;
    }
}
