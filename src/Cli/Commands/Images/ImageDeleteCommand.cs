using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Images;

/// <summary><c>image delete REF</c>.</summary>
internal sealed class ImageDeleteCommand : CliCommand
{
    private readonly Argument<string> _image = new("REF") { Description = References.Help };

    internal ImageDeleteCommand()
        : base("delete", "Delete an image; refused while guests lie over it") => Add(_image);

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var image = invocation.Get(_image);
        var path = CommandPath.Of(invocation, "/images/" + AnyvisorClient.Segment(image));
        var answer = await invocation.Client.SendAsync(HttpMethod.Delete, path, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Image {image} is deleted.", cancellationToken);
    }
}
