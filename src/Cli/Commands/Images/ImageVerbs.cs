using System.CommandLine;
using Anyvisor.Cli.Output;

namespace Anyvisor.Cli.Commands.Images;

/// <summary>The verbs of <c>image</c>.</summary>
internal static class ImageVerbs
{
    private static readonly Column[] Columns =
    [
        new("NAME", "name"),
        new("PROVIDER", "provider"),
        new("ARCH", "arch"),
        new("FORMAT", "format"),
        Column.Bytes("CAPACITY", "capacity"),
        Column.Bytes("SIZE", "size"),
        new("DATASTORE", "datastore") { Wide = true },
        new("FIRMWARE", "firmware") { Wide = true },
        new("PRESENCE", "presence") { Wide = true, State = true },
        new("ID", "id") { Wide = true },
    ];

    internal static IEnumerable<Command> Create() =>
        [
            new ListCommand("List images", "/images", Columns),
            new ShowCommand("Show one with all that is known of it", "/images"),
            new ImageImportCommand(),
            new ImageDeleteCommand(),
        ];
}
