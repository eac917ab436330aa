using System.CommandLine;
using Anyvisor.Cli.Output;

namespace Anyvisor.Cli.Commands.Providers;

/// <summary>The verbs of <c>provider</c>.</summary>
internal static class ProviderVerbs
{
    private static readonly Column[] Columns =
    [
        new("NAME", "name"),
        new("DRIVER", "driver"),
        new("STATE", "state") { State = true },
        new("URL", "url"),
        Column.Number("HOSTS", "hosts"),
        Column.Number("GUESTS", "guests"),
        new("PRODUCT", "product", static (item, _) => $"{item.Text("product")} {item.Text("version")}".Trim()),
        Column.Ago("HEARD", "heardAt"),
        Column.Ago("SYNCED", "syncedAt") with { Wide = true },
        new("USER", "user") { Wide = true },
        new("PROBLEM", "problem", static (item, _) => item.Field("problem").Text("text")),
    ];

    internal static IEnumerable<Command> Create() =>
        [
            new ListCommand("List providers", "/providers", Columns, ListTakes.Nothing),
            new ShowCommand("Show a provider and how it stands", "/providers", "NAME", "The provider's name"),
            new ProviderAddCommand(),
            new ProviderUpdateCommand(),
            new ProviderCallCommand("check", "Ask a provider whether it answers and lets us in; all of them without a name", "answers"),
            new ProviderCallCommand("refresh", "List everything of a provider again; all of them without a name", "is listed again"),
            new ProviderRemoveCommand(),
        ];
}
