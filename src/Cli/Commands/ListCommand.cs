using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands;

/// <summary><c>NOUN list</c> of anything that the API lists.</summary>
internal class ListCommand : CliCommand
{
    private readonly string _path;
    private readonly IReadOnlyList<Column> _columns;
    private readonly ListTakes _takes;
    private readonly Option<string?> _filter = new("--filter", "-f") { Description = "Only what matches: power:on provider:lab name~web* memory>8GiB -host:esx3", HelpName = "FILTER" };
    private readonly Option<string?> _sort = new("--sort") { Description = "Order by fields, by comma; - before one turns it: -memory,name", HelpName = "FIELDS" };
    private readonly Option<Number?> _limit = new("--limit") { Description = "At most so many; all without it", HelpName = "N", CustomParser = Counts.Parse };

    /// <param name="description">For the help.</param>
    /// <param name="path">The list's path.</param>
    /// <param name="columns">Columns of the table.</param>
    /// <param name="takes">What the list can be asked for.</param>
    internal ListCommand(string description, string path, IReadOnlyList<Column> columns, ListTakes takes = ListTakes.Query)
        : base("list", description)
    {
        _path = path;
        _columns = columns;
        _takes = takes;
        Aliases.Add("ls");
        if (takes == ListTakes.Query)
        {
            Add(_filter);
            Add(_sort);
        }
        if (takes != ListTakes.Nothing)
            Add(_limit);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        await ListPrinter.PrintAsync(invocation, Pages(invocation, cancellationToken), _columns, cancellationToken);
        return ExitCode.Done;
    }

    private protected virtual IReadOnlyList<KeyValuePair<string, string>> More(Invocation invocation) => [];

    private IAsyncEnumerable<RawPage> Pages(Invocation invocation, CancellationToken cancellationToken) =>
        invocation.Client.ListPagesAsync(
            _path,
            new ListQuery
            {
                Filter = invocation.Get(_filter),
                Sort = invocation.Get(_sort),
                Limit = invocation.Get(_limit)?.Value,
                Paged = _takes != ListTakes.Nothing,
                Fields = _takes == ListTakes.Query ? Fields(invocation.Format) : null,
                More = More(invocation),
            },
            cancellationToken
        );

    /// <summary>What a table shows is all that is asked for; documents come whole.</summary>
    private string? Fields(OutputFormat format) =>
        format switch
        {
            OutputFormat.Name => "name",
            OutputFormat.Table or OutputFormat.Wide => string.Join(
                ',',
                ListPrinter.Shown(_columns, format).SelectMany(static c => c.Fields.Split(',')).Distinct()
            ),
            _ => null,
        };
}
