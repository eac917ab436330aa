using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Providers;

/// <summary><c>driver show KIND</c>: its settings, URLs and verbs.</summary>
internal sealed class DriverShowCommand : CliCommand
{
    private readonly Argument<string> _kind = new("KIND") { Description = "The driver's kind" };

    internal DriverShowCommand()
        : base("show", "Show a driver: its settings, how its URLs look, what it can do") => Add(_kind);

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var kind = invocation.Get(_kind);
        var known = new List<string>();
        await foreach (var page in invocation.Client.ListPagesAsync("/drivers", new ListQuery { Paged = false }, cancellationToken))
            foreach (var driver in page.Items.EnumerateArray())
            {
                if (driver.Field("kind").ValueEquals(kind))
                {
                    DocumentPrinter.Print(invocation, driver);
                    return ExitCode.Done;
                }
                known.Add(driver.Text("kind"));
            }
        throw new CliException(ExitCode.NotFound, $"There is no driver '{kind}'.", "Known are: " + string.Join(", ", known));
    }
}
