using Anyvisor.Benchmarks;
using Anyvisor.Benchmarks.Inventory;
using Anyvisor.Benchmarks.Libvirt;
using Anyvisor.Benchmarks.PowerVm;
using Anyvisor.Benchmarks.Server;
using Anyvisor.Benchmarks.SolarisZones;
using Anyvisor.Benchmarks.VSphere;
using Anyvisor.Benchmarks.Zvm;

var all = new Dictionary<string, Func<Figures, Task>>(StringComparer.Ordinal)
{
    ["memory"] = MemoryFigure.RunAsync,
    ["query"] = QueryFigure.RunAsync,
    ["snapshot"] = SnapshotFigure.RunAsync,
    ["events"] = EventsFigure.RunAsync,
    ["load"] = LoadFigure.RunAsync,
    ["libvirt-listing"] = ListingFigure.RunAsync,
    ["libvirt-wire"] = WireFigure.RunAsync,
    ["libvirt-create"] = CreateFigure.RunAsync,
    ["zvm-recordings"] = RecordingFigure.RunAsync,
    ["start"] = StartFigure.RunAsync,
    ["ten"] = TenFigure.RunAsync,
    ["million"] = MillionFigure.RunAsync,
    ["cli"] = CliFigure.RunAsync,
    ["sse"] = SseFigure.RunAsync,
    ["powervm"] = HmcFigure.RunAsync,
    ["powervm-parse"] = ReplyFigure.RunAsync,
    ["zones-parse"] = ParseFigure.RunAsync,
    ["vsphere"] = VSphereFigure.RunAsync,
};
var wanted = args.Length == 0 || args[0] == "all" ? [.. all.Keys.Where(name => !name.StartsWith("libvirt-", StringComparison.Ordinal) && name is not ("vsphere" or "ten"))] : args;
if (wanted.FirstOrDefault(name => !all.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. There are: all, {string.Join(", ", all.Keys)}.");
    return 2;
}
var figures = new Figures();
foreach (var name in wanted)
    await all[name](figures);
return figures.AllOk ? 0 : 1;
