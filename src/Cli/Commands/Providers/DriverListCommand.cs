using System.Text.Json;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Providers;

/// <summary><c>driver list</c>: what each driver can do, verb by verb, as its own code says.</summary>
internal sealed class DriverListCommand : CliCommand
{
    internal DriverListCommand()
        : base("list", "List drivers and what each can do") => Aliases.Add("ls");

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var pages = invocation.Client.ListPagesAsync("/drivers", new ListQuery { Paged = false }, cancellationToken);
        if (invocation.Format is not (OutputFormat.Table or OutputFormat.Wide))
        {
            await ListPrinter.PrintAsync(invocation, pages, [], cancellationToken);
            return ExitCode.Done;
        }
        var drivers = new List<JsonElement>();
        await foreach (var page in pages)
            drivers.AddRange(page.Items.EnumerateArray());
        Print(invocation, drivers);
        return ExitCode.Done;
    }

    /// <summary>Drivers across, verbs down: there are more verbs than fit across a terminal.</summary>
    private static void Print(Invocation invocation, List<JsonElement> drivers)
    {
        new Table([new Column("DRIVER", "kind"), new Column("DESCRIPTION", "description")], invocation.Surroundings).Write(drivers);
        invocation.Out.WriteLine();
        Column[] columns =
        [
            new("VERB", "", static (verb, _) => verb.Text()),
            .. drivers.Select(static driver => new Column(
                driver.Text("kind").ToUpperInvariant(),
                "",
                (verb, _) => driver.Field("verbs").Text(verb.GetString()!) is { Length: > 0 } level ? level : "-"
            )
            {
                State = true,
            }),
        ];
        var verbs = drivers
            .SelectMany(static driver => driver.Field("verbs") is { ValueKind: JsonValueKind.Object } verbs ? verbs.EnumerateObject().Select(static v => v.Name) : [])
            .Distinct()
            .Select(static name => JsonSerializer.SerializeToElement(name, Model.Json.ModelJson.Default.String));
        new Table(columns, invocation.Surroundings).Write(verbs);
    }
}
