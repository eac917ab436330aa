using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest create NAME --provider P ...</c>.</summary>
internal sealed class GuestCreateCommand : CliCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "The new guest's name" };
    private readonly Option<string> _provider = new("--provider") { Description = "Where to make it", HelpName = "PROVIDER", Required = true };
    private readonly Option<string?> _image = new("--image") { Description = "The image to make it from; without one its disk is empty", HelpName = "IMAGE" };
    private readonly Option<Number?> _cpus = new("--cpus") { Description = "Virtual processors", HelpName = "N", Required = true, CustomParser = Counts.ParseSmall };
    private readonly Option<Number?> _memory = new("--memory") { Description = $"Memory: {ByteSizes.Help}", HelpName = "SIZE", Required = true, CustomParser = ByteSizes.Parse };
    private readonly Option<Number?> _disk = new("--disk") { Description = "Size of the first disk; the image's own without it", HelpName = "SIZE", CustomParser = ByteSizes.Parse };
    private readonly Option<string[]> _networks = new("--network") { Description = "A network to be on; may be repeated", HelpName = "NETWORK" };
    private readonly Option<string?> _host = new("--host") { Description = "The host to run on; chosen without it", HelpName = "HOST" };
    private readonly Option<string?> _datastore = new("--datastore") { Description = "Where its disks go", HelpName = "DATASTORE" };
    private readonly Option<bool> _start = new("--start") { Description = "Start it once it is made" };
    private readonly Option<string[]> _tags = new("--tag") { Description = "A tag; may be repeated", HelpName = "KEY=VALUE" };
    private readonly Option<string[]> _set = new("--set") { Description = "A setting of the driver ('driver show KIND' lists them); may be repeated", HelpName = "KEY=VALUE" };
    private readonly Option<string?> _userData = new("--user-data") { Description = "A file with cloud-init user data; - reads standard input", HelpName = "FILE" };

    internal GuestCreateCommand()
        : base("create", "Make a guest")
    {
        Add(_name);
        foreach (var option in (Option[])[_provider, _image, _cpus, _memory, _disk, _networks, _host, _datastore, _start, _tags, _set, _userData])
            Add(option);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var settings = Pairs.Parse(invocation.Get(_set), "--set");
        if (invocation.Get(_userData) is { } file)
            settings = settings.SetItem("user-data", await InputFile.ReadTextAsync(invocation, file, cancellationToken));
        var guest = new CreateGuest
        {
            Name = invocation.Get(_name),
            Provider = invocation.Get(_provider)!,
            Image = invocation.Get(_image),
            Vcpus = (int)invocation.Get(_cpus)!.Value,
            Memory = invocation.Get(_memory)!.Value,
            Disk = invocation.Get(_disk)?.Value,
            Networks = [.. invocation.Get(_networks) ?? []],
            Host = invocation.Get(_host),
            Datastore = invocation.Get(_datastore),
            Start = invocation.Get(_start),
            Tags = Pairs.Parse(invocation.Get(_tags), "--tag"),
            Settings = settings,
        };
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, CommandPath.Of(invocation, "/guests"), guest, ModelJson.Default.CreateGuest, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Guest {guest.Name} is made{(guest.Start ? " and started" : "")}.", cancellationToken);
    }
}
