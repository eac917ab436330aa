using System.Net;
using System.Net.WebSockets;
using System.Text;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class ConsoleTests(RunningServer server) : IClassFixture<RunningServer>, IAsyncLifetime
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!server.Core.Providers.Has("loop"))
            await server.EndOfAsync(await server.Admin.PostAsync("/api/v1/providers", """{"name":"loop","driver":"loop","url":"loop:"}"""));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<string> TicketAsync(string guest = LoopDriver.GuestName) =>
        (await server.Operator.GetJsonAsync($"/api/v1/guests/{guest}/console")).GetProperty("ticket").GetString()!;

    private async Task<ClientWebSocket> OpenAsync(string ticket, string guest = LoopDriver.GuestName, string kind = "serial", string? origin = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("binary");
        socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        var address = new UriBuilder(server.Url) { Scheme = "ws", Path = $"/api/v1/guests/{guest}/console/{kind}", Query = "ticket=" + ticket };
        try
        {
            await socket.ConnectAsync(address.Uri, Cancel);
        }
        catch (WebSocketException)
        {
            // The status that it was refused with is what the caller looks at.
        }
        return socket;
    }

    [Fact]
    public async Task What_is_typed_reaches_the_guest_and_its_answer_comes_back()
    {
        using var socket = await OpenAsync(await TicketAsync());
        Assert.Equal("binary", socket.SubProtocol);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Binary, true, Cancel);
        var buffer = new byte[64];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), Cancel);
        Assert.Equal(WebSocketMessageType.Binary, received.MessageType);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    [Fact]
    public async Task A_console_that_ends_closes_the_socket_and_says_so()
    {
        using var socket = await OpenAsync(await TicketAsync());
        await socket.SendAsync("bye"u8.ToArray(), WebSocketMessageType.Text, true, Cancel);
        var received = await socket.ReceiveAsync(new byte[8].AsMemory(), Cancel);
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        Assert.Equal("The console ended.", socket.CloseStatusDescription);
    }

    [Fact]
    public async Task A_ticket_works_once()
    {
        var ticket = await TicketAsync();
        using var first = await OpenAsync(ticket);
        Assert.Equal(WebSocketState.Open, first.State);
        using var second = await OpenAsync(ticket);
        Assert.Equal(HttpStatusCode.Forbidden, second.HttpStatusCode);
    }

    [Fact]
    public async Task A_ticket_opens_its_own_guest_alone_and_strangers_learn_of_none()
    {
        using var other = await OpenAsync(await TicketAsync(), guest: "mute");
        Assert.Equal(HttpStatusCode.Forbidden, other.HttpStatusCode);
        using var known = await OpenAsync("guessed");
        using var unknown = await OpenAsync("guessed", guest: "nobody");
        Assert.Equal(HttpStatusCode.Forbidden, known.HttpStatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, unknown.HttpStatusCode);
    }

    [Fact]
    public async Task A_page_of_another_site_can_not_open_one()
    {
        using var socket = await OpenAsync(await TicketAsync(), origin: "http://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_console_that_the_system_refuses_is_refused_before_the_socket_opens()
    {
        using var socket = await OpenAsync(await TicketAsync("mute"), guest: "mute");
        Assert.Equal(HttpStatusCode.Conflict, socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_plain_request_is_told_to_upgrade()
    {
        using var response = await server.Operator.GetAsync($"/api/v1/guests/{LoopDriver.GuestName}/console/serial", Cancel);
        await response.ProblemAsync(HttpStatusCode.UpgradeRequired);
    }

    [Fact]
    public async Task Handing_out_a_ticket_is_in_the_audit_log_and_the_ticket_is_not()
    {
        var ticket = await TicketAsync();
        var audit = (await server.Admin.GetJsonAsync("/api/v1/audit?limit=100")).GetRawText();
        Assert.Contains("\"guest.console\"", audit, StringComparison.Ordinal);
        Assert.DoesNotContain(ticket, audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_gets_no_ticket()
    {
        using var response = await server.Viewer.GetAsync($"/api/v1/guests/{LoopDriver.GuestName}/console", Cancel);
        await response.ProblemAsync(HttpStatusCode.Forbidden);
    }
}
