using Anyvisor.Cli.Output;

namespace Anyvisor.Cli.Work;

/// <summary>The columns of tasks.</summary>
internal static class TaskColumns
{
    internal static IReadOnlyList<Column> All { get; } =
        [
            new("ID", "id"),
            new("KIND", "kind"),
            new("TARGET", "target", static (item, _) => item.Field("target").Text("name")),
            new("STATE", "state") { State = true },
            new("PROGRESS", "progress", static (item, _) => item.Percent("progress")) { Right = true },
            new("ACTOR", "actor") { Wide = true },
            new("PROVIDER", "provider") { Wide = true },
            Column.Ago("CREATED", "createdAt"),
            Column.Ago("ENDED", "endedAt") with { Wide = true },
            new("ERROR", "error", static (item, _) => item.Field("error").Text("detail")),
        ];
}
