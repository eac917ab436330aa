using System.Text.Json;
using Anyvisor.Server.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class OpenApiTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const string Update = "ANYVISOR_UPDATE_OPENAPI";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<string> TextAsync() =>
        System.Text.Encoding.UTF8.GetString((await server.App.Services.GetRequiredService<ApiDocument>().JsonAsync(Cancel)).Span);

    [Fact]
    public async Task The_committed_document_is_what_the_server_says_of_itself()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Anyvisor.slnx")))
            root = root.Parent;
        Assert.SkipWhen(root is null, "not run from a clone");
        var file = Path.Combine(root.FullName, "docs", "reference", "openapi.json");
        var made = await TextAsync();
        if (Environment.GetEnvironmentVariable(Update) == "1")
            await File.WriteAllTextAsync(file, made, Cancel);
        Assert.True(
            await File.ReadAllTextAsync(file, Cancel) == made,
            $"The API changed. If that is meant, run this test with {Update}=1, read the difference of docs/reference/openapi.json, and commit it."
        );
    }

    [Fact]
    public async Task The_document_is_OpenAPI_3_1_and_open_to_all()
    {
        using var response = await server.Stranger.GetAsync("/openapi/v1.json", Cancel);
        Assert.StartsWith("3.1.", (await response.JsonAsync()).GetProperty("openapi").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_operation_has_an_id_a_summary_its_parameters_and_its_errors_as_problems()
    {
        var paths = JsonElement.Parse(await TextAsync()).GetProperty("paths");
        HashSet<string> ids = [];
        foreach (var path in paths.EnumerateObject())
        foreach (var operation in path.Value.EnumerateObject())
        {
            var name = $"{operation.Name} {path.Name}";
            Assert.True(ids.Add(operation.Value.GetProperty("operationId").GetString()!), name);
            Assert.NotEqual("", operation.Value.GetProperty("summary").GetString());
            var parameters = operation.Value.TryGetProperty("parameters", out var all) ? all.EnumerateArray().ToList() : [];
            Assert.All(parameters, parameter => Assert.NotEqual("", parameter.GetProperty("description").GetString()));
            foreach (var placeholder in System.Text.RegularExpressions.Regex.Matches(path.Name, "{([a-z]+)}").Select(match => match.Groups[1].Value))
                Assert.True(parameters.Any(parameter => parameter.GetProperty("name").GetString() == placeholder), $"{name} lacks {placeholder}");
            foreach (var response in operation.Value.GetProperty("responses").EnumerateObject().Where(response => response.Name[0] is '4' or '5'))
                Assert.Equal($"#/components/responses/Problem{response.Name}", response.Value.GetProperty("$ref").GetString());
            Assert.True(operation.Value.GetProperty("responses").EnumerateObject().Any(response => response.Name[0] is '1' or '2'), name);
        }
    }

    [Fact]
    public async Task Closed_choices_are_listed_in_the_words_of_the_API()
    {
        var schemas = JsonElement.Parse(await TextAsync()).GetProperty("components").GetProperty("schemas");
        Assert.Equal(
            ["unknown", "on", "off", "paused", "suspended", "crashed"],
            schemas.GetProperty("PowerState").GetProperty("enum").EnumerateArray().Select(word => word.GetString())
        );
    }
}
