using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest capture REF IMAGE</c>.</summary>
internal sealed class GuestCaptureCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Argument<string> _image = new("IMAGE") { Description = "The new image's name" };
    private readonly Option<string?> _description = new("--description") { Description = "What is in it", HelpName = "TEXT" };

    internal GuestCaptureCommand()
        : base("capture", "Make an image of a guest, which stays as it is")
    {
        Add(_guest);
        Add(_image);
        Add(_description);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var (guest, image) = (invocation.Get(_guest), invocation.Get(_image));
        var path = CommandPath.Of(invocation, GuestPath.Of(guest) + ":capture");
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, path, new CaptureGuest(image, invocation.Get(_description)), ModelJson.Default.CaptureGuest, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Image {image} is made of {guest}.", cancellationToken);
    }
}
