using Anyvisor.Benchmarks;
using Anyvisor.Benchmarks.Inventory;

var all = new Dictionary<string, Func<Figures, Task>>(StringComparer.Ordinal)
{
    ["memory"] = MemoryFigure.RunAsync,
    ["query"] = QueryFigure.RunAsync,
    ["snapshot"] = SnapshotFigure.RunAsync,
    ["events"] = EventsFigure.RunAsync,
    ["load"] = LoadFigure.RunAsync,
};
var wanted = args.Length == 0 || args[0] == "all" ? [.. all.Keys] : args;
if (wanted.FirstOrDefault(name => !all.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. There are: all, {string.Join(", ", all.Keys)}.");
    return 2;
}
var figures = new Figures();
foreach (var name in wanted)
    await all[name](figures);
return figures.AllOk ? 0 : 1;
