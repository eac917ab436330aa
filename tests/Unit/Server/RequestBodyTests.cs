using System.Net;
using System.Text;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class RequestBodyTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Theory]
    [InlineData("""{"name":"a","rol":"viewer"}""", "$", "'role'")]
    [InlineData("""{"name":"a","role":"viewr"}""", "$.role", "'viewer'")]
    [InlineData("""{"name":"a","role":1}""", "$.role", "one of viewer, operator, admin")]
    [InlineData("""{"name":7,"role":"viewer"}""", "$.name", "a text")]
    [InlineData("""{"name":null,"role":"viewer"}""", "$.name", "a text")]
    [InlineData("""{"name":"a","role":"viewer","expiresAt":"tomorrow"}""", "$.expiresAt", "a time")]
    [InlineData("""{"role":"viewer"}""", "$", "'name' is missing")]
    [InlineData("""["name"]""", "$", "an object")]
    [InlineData("null", "$", "an object")]
    [InlineData("\"text\"", "$", "an object")]
    [InlineData("{\"name\":\"a\",\n  \"role\" \"viewer\"}", "line 2", "byte 10")]
    [InlineData("", "line 1", "not valid JSON")]
    [InlineData("""{"name":"a","name":"b","role":"viewer"}""", "name", "JSON")]
    public async Task A_wrong_shape_is_told_with_its_place_and_what_was_expected(string body, string place, string expectation)
    {
        using var response = await server.Admin.PostAsync("/api/v1/tokens", body);
        var detail = await response.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Contains(place, detail, StringComparison.Ordinal);
        Assert.Contains(expectation, detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_sent_is_not_repeated_since_it_may_be_a_secret()
    {
        using var response = await server.Admin.PostAsync("/api/v1/providers", """{"name":"p","driver":"sim","url":"sim:","insecure":"hunter2"}""");
        Assert.DoesNotContain("hunter2", await response.ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deep_nesting_is_refused_by_the_parser()
    {
        var body = $$"""{"name":{{new string('[', 5000)}}{{new string(']', 5000)}}}""";
        using var response = await server.Admin.PostAsync("/api/v1/tokens", body);
        await response.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_body_over_one_MiB_is_too_large_and_who_sends_all_of_it_hears_so()
    {
        using var response = await server.Admin.PostAsync("/api/v1/tokens", $$"""{"name":"{{new string('a', 12 << 20)}}","role":"viewer"}""");
        Assert.Contains("1048576", await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_order_mark_before_the_body_is_passed_over()
    {
        using var made = await server.Admin.PostAsync("/api/v1/tokens", "\uFEFF{\"name\":\"marked\",\"role\":\"viewer\"}");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var broken = await server.Admin.PostAsync("/api/v1/tokens", "\uFEFF\uFEFF{}");
        Assert.Contains("line 1, byte 1", await broken.ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Only_JSON_in_UTF8_is_taken(string type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}"));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await server.Admin.PostAsync("/api/v1/tokens", content, TestContext.Current.CancellationToken);
        Assert.Contains("application/json", await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/hosts?limt=3", "'limit'")]
    [InlineData("/api/v1/hosts?limit=0", "1 to 1000")]
    [InlineData("/api/v1/hosts?limit=1001", "1 to 1000")]
    [InlineData("/api/v1/hosts?limit=ten", "1 to 1000")]
    [InlineData("/api/v1/hosts?limit=1&limit=2", "more than once")]
    [InlineData("/api/v1/hosts?filter=nam:x", "name")]
    [InlineData("/api/v1/hosts?sort=nam", "name")]
    [InlineData("/api/v1/hosts?cursor=garbage", "cursor")]
    [InlineData("/api/v1/hosts?fields=nam", "'name'")]
    [InlineData("/api/v1/hosts?fields=a..b", "os.family")]
    [InlineData("/api/v1/guests?service=maybe", "true or false")]
    [InlineData("/api/v1/tasks?state=runing", "'running'")]
    [InlineData("/api/v1/tasks/x?wait=900", "60")]
    [InlineData("/api/v1/events?filter=powr:on", "power")]
    [InlineData("/api/v1/tokens?x=1", "takes none")]
    public async Task A_wrong_parameter_is_told_by_name_with_what_it_may_be(string path, string hint)
    {
        using var response = await server.Admin.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains(hint, await response.ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }
}
