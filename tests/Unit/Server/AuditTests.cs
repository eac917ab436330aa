using System.Net;
using System.Text.Json;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class AuditTests(RunningServer server) : IClassFixture<RunningServer>
{
    private async Task<List<string>> LinesAsync(string target) =>
        [
            .. (await server.Admin.GetJsonAsync("/api/v1/audit?limit=1000"))
                .GetProperty("items")
                .EnumerateArray()
                .Where(line => line.TryGetProperty("target", out var found) && found.GetString() == target)
                .Select(line => $"{line.GetProperty("actor")} {line.GetProperty("action")} {line.GetProperty("outcome")} {line.GetProperty("from")}")
                .Reverse(),
        ];

    [Fact]
    public async Task A_change_is_written_down_before_it_is_done_and_again_with_its_outcome()
    {
        using var made = await server.Admin.PostAsync("/api/v1/tokens", """{"name":"seen","role":"viewer"}""");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(["admin token.add accepted 127.0.0.1", "admin token.add done 127.0.0.1"], await LinesAsync("token seen"));
    }

    [Fact]
    public async Task A_change_that_fails_is_written_down_with_why()
    {
        using var refused = await server.Admin.DeleteAsync("/api/v1/tokens/ghost", TestContext.Current.CancellationToken);
        await refused.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(["admin token.remove refused 127.0.0.1"], await LinesAsync("token ghost"));
    }

    [Fact]
    public async Task A_change_that_the_role_forbids_is_written_down()
    {
        using var refused = await server.Viewer.DeleteAsync("/api/v1/tokens/precious", TestContext.Current.CancellationToken);
        await refused.ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Equal(["looker token.remove refused 127.0.0.1"], await LinesAsync("precious"));
    }

    [Fact]
    public async Task No_line_holds_the_new_token_s_key()
    {
        using var made = await server.Admin.PostAsync("/api/v1/tokens", """{"name":"quiet","role":"viewer"}""");
        var secret = (await made.JsonAsync()).GetProperty("secret").GetString()!;
        Assert.DoesNotContain(secret, (await server.Admin.GetJsonAsync("/api/v1/audit?limit=1000")).GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, (await server.Admin.GetJsonAsync("/api/v1/tokens")).GetRawText(), StringComparison.Ordinal);
    }
}

/// <summary>Apart from the others: it takes its server's store away.</summary>
public sealed class AuditBlockedTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task When_the_audit_log_can_not_be_written_changes_are_refused_and_reads_go_on()
    {
        await server.Core.Database.Ledger.DisposeAsync();
        using var refused = await server.Admin.PostAsync("/api/v1/tokens", """{"name":"unseen","role":"admin"}""");
        Assert.True((int)refused.StatusCode >= 500, $"{refused.StatusCode}");
        var tokens = await server.Admin.GetJsonAsync("/api/v1/tokens");
        Assert.DoesNotContain(tokens.GetProperty("items").EnumerateArray(), (JsonElement token) => token.GetProperty("name").GetString() == "unseen");
        Assert.Equal(0, (await server.Admin.GetJsonAsync("/api/v1/hosts")).GetProperty("total").GetInt32());
    }
}
