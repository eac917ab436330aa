using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;

namespace Anyvisor.Cli.Commands.Images;

/// <summary><c>image import FILE --name N [--provider P]</c>.</summary>
internal sealed class ImageImportCommand : CliCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A disk on this machine, qcow2 or raw; - reads standard input" };
    private readonly Option<string> _name = new("--name") { Description = "The image's name", HelpName = "NAME", Required = true };
    private readonly Option<string?> _provider = new("--provider") { Description = "Where it goes; needed where there are several", HelpName = "PROVIDER" };
    private readonly Option<string?> _arch = new("--arch") { Description = "The architecture of its system", HelpName = "ARCH" };
    private readonly Option<string?> _os = new("--os") { Description = "The family of the operating system in it: linux, windows, aix, ibmi, ...", HelpName = "FAMILY" };
    private readonly Option<string?> _description = new("--description") { Description = "What it is", HelpName = "TEXT" };

    internal ImageImportCommand()
        : base("import", "Send a disk to a provider to make guests from")
    {
        Add(_file);
        foreach (var option in (Option[])[_name, _provider, _arch, _os, _description])
            Add(option);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var (file, name) = (invocation.Get(_file), invocation.Get(_name)!);
        await using var stream = Open(invocation, file);
        invocation.Remark($"Sending {file} ...");
        var answer = await invocation.Client.UploadAsync(Path(invocation, name), stream, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Image {name} is there.", cancellationToken);
    }

    private string Path(Invocation invocation, string name)
    {
        var path = "/images?name=" + Uri.EscapeDataString(name);
        foreach (var option in (Option<string?>[])[_provider, _arch, _os, _description])
            if (invocation.Get(option) is { } value)
                path += $"&{option.Name.TrimStart('-')}={Uri.EscapeDataString(value)}";
        return CommandPath.Of(invocation, path);
    }

    private static Stream Open(Invocation invocation, string file)
    {
        try
        {
            return file == "-" ? invocation.Surroundings.OpenInput() : File.OpenRead(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failed, $"Can't read {file}: {error.Message}");
        }
    }
}
