using System.CommandLine;
using System.Text.Json;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest history REF</c>.</summary>
internal sealed class GuestHistoryCommand : CliCommand
{
    private static readonly Column[] Columns =
    [
        Column.Ago("WHEN", "at"),
        new("KIND", "kind"),
        new("CHANGES", "changes", static (item, _) => Changes(item)),
        new("TASK", "task"),
        new("SEQUENCE", "sequence") { Wide = true, Right = true },
    ];

    private readonly Argument<string> _guest = References.Guest();
    private readonly Option<Number?> _limit = new("--limit") { Description = "At most so many, the newest first", HelpName = "N", CustomParser = Counts.Parse };

    internal GuestHistoryCommand()
        : base("history", "What changed about a guest, when, and by which task")
    {
        Add(_guest);
        Add(_limit);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var query = new ListQuery { Limit = invocation.Get(_limit)?.Value };
        var pages = invocation.Client.ListPagesAsync(GuestPath.Of(invocation.Get(_guest)) + "/history", query, cancellationToken);
        await ListPrinter.PrintAsync(invocation, pages, Columns, cancellationToken);
        return ExitCode.Done;
    }

    internal static string Changes(JsonElement item) =>
        item.Field("changes") is { ValueKind: JsonValueKind.Array } changes
            ? string.Join(", ", changes.EnumerateArray().Select(static c => $"{c.Text("field")} {Or(c.Text("from"))} → {Or(c.Text("to"))}"))
            : "";

    private static string Or(string value) => value.Length == 0 ? "-" : value;
}
