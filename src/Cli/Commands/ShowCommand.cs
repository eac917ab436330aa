using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands;

/// <summary><c>NOUN show REF</c> of anything that the API has one of.</summary>
internal sealed class ShowCommand : CliCommand
{
    private readonly string _path;
    private readonly Argument<string> _reference;

    internal ShowCommand(string description, string path, string reference = "REF", string help = References.Help)
        : base("show", description)
    {
        _path = path;
        _reference = new Argument<string>(reference) { Description = help };
        Add(_reference);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var document = await invocation.Client.GetAsync($"{_path}/{AnyvisorClient.Segment(invocation.Get(_reference))}", cancellationToken);
        DocumentPrinter.Print(invocation, document);
        return ExitCode.Done;
    }
}
