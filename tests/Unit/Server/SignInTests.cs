using System.Net;
using System.Text.Json;
using Anyvisor.Model;
using Anyvisor.Server.Security;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class SignInTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<string> OpenSessionAsync(string secret)
    {
        using var response = await server.Stranger.PostAsync("/api/v1/session", JsonSerializer.Serialize(new { token = secret }));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Headers.GetValues("Set-Cookie").Single();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string cookie, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await server.Stranger.SendAsync(request, Cancel);
    }

    [Fact]
    public async Task A_session_s_cookie_is_hidden_from_scripts_and_other_sites_and_is_not_the_token()
    {
        var cookie = await OpenSessionAsync(server.AdminSecret);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(server.AdminSecret, cookie, StringComparison.Ordinal);
        using var who = await SendAsync(HttpMethod.Get, "/api/v1/session", cookie);
        Assert.Equal("admin", (await who.JsonAsync()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        var cookie = await OpenSessionAsync(server.AdminSecret);
        using var left = await SendAsync(HttpMethod.Delete, "/api/v1/session", cookie, (SameSite.Header, "1"));
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        using var after = await SendAsync(HttpMethod.Get, "/api/v1/session", cookie);
        await after.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_session_ends_with_the_token_that_opened_it_even_if_another_takes_its_name()
    {
        var made = await server.Core.Tokens.CreateAsync("brief", Role.Viewer, null, Cancel);
        var cookie = await OpenSessionAsync(made.Secret);
        await server.Core.Tokens.RemoveAsync("brief", Cancel);
        await server.Core.Tokens.CreateAsync("brief", Role.Admin, null, Cancel);
        using var after = await SendAsync(HttpMethod.Get, "/api/v1/session", cookie);
        await after.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.NotFound)]
    [InlineData("X-Anyvisor", "1", HttpStatusCode.NotFound)]
    public async Task A_change_by_cookie_has_to_come_from_our_own_page(string? header, string? value, HttpStatusCode expected)
    {
        var cookie = await OpenSessionAsync(server.AdminSecret);
        using var response = await SendAsync(HttpMethod.Delete, "/api/v1/tokens/nobody", cookie, header is null ? [] : [(header, value!)]);
        await response.ProblemAsync(expected);
    }

    [Fact]
    public async Task A_page_of_another_site_can_not_sign_the_browser_in()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/session") { Content = Requests.Json($$"""{"token":"{{server.AdminSecret}}"}""") };
        request.Headers.Add("Origin", "http://evil.example");
        using var response = await server.Stranger.SendAsync(request, Cancel);
        await response.ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer not-a-token")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    public async Task What_is_no_token_is_refused(string authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await server.Stranger.SendAsync(request, Cancel);
        await response.ProblemAsync(HttpStatusCode.Unauthorized);
    }
}

/// <summary>Apart from the others: it leaves its address in bad standing.</summary>
public sealed class GuessingTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task Who_guesses_on_is_slowed_down_and_a_right_token_still_works()
    {
        using var guesser = server.Client("anyv_wrong");
        for (var i = 0; i < FailureLimit.Most; i++)
        {
            using var refused = await guesser.GetAsync("/api/v1", TestContext.Current.CancellationToken);
            await refused.ProblemAsync(HttpStatusCode.Unauthorized);
        }
        using var slowed = await guesser.GetAsync("/api/v1", TestContext.Current.CancellationToken);
        await slowed.ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(TimeSpan.FromMinutes(1), slowed.Headers.RetryAfter?.Delta);
        Assert.Equal("admin", (await server.Admin.GetJsonAsync("/api/v1/session")).GetProperty("name").GetString());
    }
}
