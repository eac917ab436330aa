using Anyvisor.Core.Images;
using Anyvisor.Model;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Inventory;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Security;
using Anyvisor.Server.Startup;
using Anyvisor.Server.Tasks;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Anyvisor.Server.Images;

/// <summary>Bringing images in and deleting them; reading them is as with every other list.</summary>
internal static class ImageRoutes
{
    internal static void Map(IEndpointRouteBuilder api, ServerOptions options)
    {
        api.MapPost("/images", ImportAsync)
            .Demand(Role.Operator)
            .AuditedByTask("image.import")
            .WithMetadata(new DisableRequestTimeoutAttribute(), new BodyLimit(options.UploadLimit))
            .Describe(
                "importImage",
                "Images",
                "Upload a disk file as an image",
                "The body is the file itself, or a form with the parameters as fields and the file after them. What it is, is told from its content: qcow2 or raw, "
                    + "without a backing file or anything else that would have the hypervisor open another file."
            )
            .TakesUpload()
            .AnswersTask(
                QueryParameter.Text("name", "The image's name.", required: true),
                QueryParameter.Text("provider", "Where it is to be kept; may be left out where only one provider keeps images."),
                QueryParameter.Text("arch", "The architecture of what is in it."),
                QueryParameter.Text("os", "The family of the operating system in it."),
                QueryParameter.Text("description", "For people.")
            );
        api.MapDelete("/images/{id}", DeleteAsync)
            .Demand(Role.Operator)
            .AuditedByTask("image.delete")
            .Describe("deleteImage", "Images", "Delete an image")
            .AnswersTask();
    }

    private static async Task ImportAsync(HttpContext http, ImageCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http, "name", "provider", "arch", "os", "description");
        var upload = await UploadReader.ReadAsync(http.Request, cancellationToken);
        var answer = await commands.ImportAsync(upload.Image, upload.File, upload.Length, ask, cancellationToken);
        await AskReader.WriteAsync(http, answer);
    }

    private static async Task DeleteAsync(HttpContext http, string id, ImageCommands commands, CancellationToken cancellationToken)
    {
        var ask = AskReader.Read(http);
        await AskReader.WriteAsync(http, await commands.DeleteAsync(Reference.Decode(id), ask, cancellationToken));
    }

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
