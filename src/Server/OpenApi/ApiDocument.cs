using System.Net.Mime;
using System.Text;
using Anyvisor.Model;
using Anyvisor.Server.Problems;
using Anyvisor.Server.Startup;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Anyvisor.Server.OpenApi;

/// <summary><c>GET /openapi/v1.json</c>: the API's own description, made from the routes when it is first asked for.</summary>
internal sealed class ApiDocument([FromKeyedServices(ApiDocument.Version)] IOpenApiDocumentProvider provider) : IDisposable
{
    internal const string Version = "v1";
    private readonly SemaphoreSlim _once = new(1, 1);
    private byte[]? _json;

    internal static void Register(IServiceCollection services)
    {
        services.AddOpenApi(
            Version,
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.AddDocumentTransformer<DocumentShape>();
                options.AddOperationTransformer<OperationShape>();
                options.AddSchemaTransformer<SchemaShape>();
            }
        );
        services.AddSingleton<ApiDocument>();
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet($"/openapi/{Version}.json", WriteAsync)
            .WithMetadata(new AllowAnonymousAttribute())
            .ExcludeFromDescription();

    private static async Task WriteAsync(HttpContext http, ApiDocument document, CancellationToken cancellationToken)
    {
        var json = await document.JsonAsync(cancellationToken);
        http.Response.ContentType = MediaTypeNames.Application.Json;
        await http.Response.Body.WriteAsync(json, cancellationToken);
    }

    public void Dispose() => _once.Dispose();

    internal async Task<ReadOnlyMemory<byte>> JsonAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            if (_json is null)
            {
                var document = await provider.GetOpenApiDocumentAsync(cancellationToken);
                var text = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken);
                _json = Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n") + "\n");
            }
            return _json;
        }
        finally
        {
            _once.Release();
        }
    }
}

/// <summary>What the document says of the API as a whole.</summary>
internal sealed class DocumentShape : IOpenApiDocumentTransformer
{
    internal const string Bearer = "token";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Anyvisor",
            Version = ServerVersion.Text,
            Description =
                "One inventory and one lifecycle for every hypervisor. Sizes are bytes, times UTC. A reference to a guest is its id, its NAME, or PROVIDER/NAME "
                + "with the slash as %2F; a name that several guests bear answers 409 with the candidates. Every change answers 202 with a task.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        // Where it was asked for is no part of the contract.
        document.Servers?.Clear();
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A token of this server; the administrator's is in `admin.token` in the data directory.",
            },
        };
        document.Components.Responses = OperationShape.Errors.ToDictionary(
            error => OperationShape.NameOf(error.Key),
            error => (IOpenApiResponse)
                new OpenApiResponse
                {
                    Description = error.Value,
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                    {
                        [ProblemWriter.ContentType] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
                    },
                },
            StringComparer.Ordinal
        );
        return Task.CompletedTask;
    }
}
