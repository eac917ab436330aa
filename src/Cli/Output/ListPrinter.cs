using Anyvisor.Cli.Grammar;
using Anyvisor.Client;

namespace Anyvisor.Cli.Output;

/// <summary>Prints a list page by page as it comes.</summary>
internal static class ListPrinter
{
    internal static async Task PrintAsync(
        Invocation invocation,
        IAsyncEnumerable<RawPage> pages,
        IReadOnlyList<Column> columns,
        CancellationToken cancellationToken
    )
    {
        var output = invocation.Out;
        switch (invocation.Format)
        {
            case OutputFormat.Json:
                await PrintJsonAsync(output, pages, cancellationToken);
                break;
            case OutputFormat.Yaml:
                var yaml = new YamlDocument(output);
                yaml.BeginSequence();
                await foreach (var page in pages.WithCancellation(cancellationToken))
                    foreach (var item in page.Items.EnumerateArray())
                        yaml.Write(item);
                yaml.EndSequence();
                break;
            case OutputFormat.Name:
                await foreach (var page in pages.WithCancellation(cancellationToken))
                    foreach (var item in page.Items.EnumerateArray())
                        output.WriteLine(Naming.Of(item));
                break;
            default:
                await PrintTableAsync(invocation, pages, Shown(columns, invocation.Format), cancellationToken);
                break;
        }
    }

    internal static IReadOnlyList<Column> Shown(IReadOnlyList<Column> columns, OutputFormat format) =>
        format == OutputFormat.Wide ? columns : [.. columns.Where(static c => !c.Wide)];

    /// <summary>The items array, each item the bytes that the server sent.</summary>
    private static async Task PrintJsonAsync(TextWriter output, IAsyncEnumerable<RawPage> pages, CancellationToken cancellationToken)
    {
        var separator = "[\n";
        await foreach (var page in pages.WithCancellation(cancellationToken))
            foreach (var item in page.Items.EnumerateArray())
            {
                output.Write(separator);
                output.Write(item.GetRawText());
                separator = ",\n";
            }
        output.WriteLine(separator[0] == '[' ? "[]" : "\n]");
    }

    private static async Task PrintTableAsync(
        Invocation invocation,
        IAsyncEnumerable<RawPage> pages,
        IReadOnlyList<Column> columns,
        CancellationToken cancellationToken
    )
    {
        var table = new Table(columns, invocation.Surroundings);
        long shown = 0;
        long total = 0;
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            table.Write(page.Items.EnumerateArray());
            shown += page.Items.GetArrayLength();
            total = page.Total;
        }
        if (shown < total && invocation.Surroundings.OutIsTerminal)
        {
            await invocation.Out.FlushAsync(cancellationToken);
            invocation.Remark($"({shown} of {total})");
        }
    }
}
