using Anyvisor.Drivers.Libvirt.Wire.Generator;

// Runs from anywhere inside the repository: the folder to write is found by its table.
var folder = args.Length > 0 ? args[0] : FindWire(Environment.CurrentDirectory);
var table = Table.Parse(File.ReadLines(Path.Combine(folder, "protocol.table")));
foreach (var (name, text) in Emitter.Emit(table))
{
    File.WriteAllText(Path.Combine(folder, name), text);
    Console.WriteLine($"{name}: {text.Count(c => c == '\n')} lines");
}

static string FindWire(string start)
{
    for (var at = new DirectoryInfo(start); at is not null; at = at.Parent)
    {
        var candidate = Path.Combine(at.FullName, "drivers", "Libvirt", "Wire");
        if (File.Exists(Path.Combine(candidate, "protocol.table")))
            return candidate;
    }
    throw new DirectoryNotFoundException($"no drivers/Libvirt/Wire/protocol.table above {start}");
}
