using System.Globalization;
using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Steps;

/// <summary>Makes a logical disk: in a VIOS's volume group, or a logical unit in a shared storage pool. Its name is its mark.</summary>
internal sealed class DiskStep(Connection connection) : Step(connection)
{
    public const string Name = "disk";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var disk = Disk.Of(step);
        await Console.EditAsync(disk.Path, disk.PoolType, $"making the disk {disk.Name} in {step.Arguments["datastore"]}", pool => Add(pool, disk, step), cancellationToken).ConfigureAwait(false);
        Console.Watched.Poke(dirt => dirt.Storage());
        context.Progress.Report(1);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var disk = Disk.Of(step);
        return DoneIf(await Console.Client.FindAsync(disk.Path, "looking at a pool", cancellationToken).ConfigureAwait(false) is { } pool && disk.In(pool.Content) is not null);
    }

    public override Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => RemoveAsync(Console, Disk.Of(step), cancellationToken);

    internal static async Task RemoveAsync(Connection console, Disk disk, CancellationToken cancellationToken)
    {
        try
        {
            await console.EditAsync(disk.Path, disk.PoolType, $"deleting the disk {disk.Name}", pool =>
            {
                var there = disk.In(pool);
                there?.Remove();
                return there is not null;
            }, cancellationToken).ConfigureAwait(false);
            console.Watched.Poke(dirt => dirt.Storage());
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            // The whole pool is gone, and the disk with it.
        }
    }

    private static bool Add(XElement pool, Disk disk, WorkStep step)
    {
        if (disk.In(pool) is not null)
            return false;
        var ns = HmcXml.Uom;
        var size = (decimal.Parse(step.Arguments["capacity"], CultureInfo.InvariantCulture) / (1L << 30)).ToString("0.####", CultureInfo.InvariantCulture);
        var list = pool.Child(disk.ListName)
            ?? throw new ProviderException(ProviderError.ProtocolViolation, $"The pool {step.Arguments["datastore"]} has no list of its {disk.ListName}");
        list.Add(disk.IsShared
            ? new XElement(ns + "LogicalUnit", new XAttribute("schemaVersion", "V1_0"), Metadata(),
                new XElement(ns + "ThinDevice", "true"), new XElement(ns + "UnitCapacity", size), new XElement(ns + "LogicalUnitType", "VirtualIO_Disk"), new XElement(ns + "UnitName", disk.Name))
            : new XElement(ns + "VirtualDisk", new XAttribute("schemaVersion", "V1_0"), Metadata(),
                new XElement(ns + "DiskCapacity", size), new XElement(ns + "DiskName", disk.Name)));
        return true;

        XElement Metadata() => new(ns + "Metadata", new XElement(ns + "Atom"));
    }
}

/// <summary>Where a logical disk is, and how it is called there.</summary>
internal sealed record Disk(string Path, string Name)
{
    public bool IsShared => Path.StartsWith("uom/SharedStoragePool/", StringComparison.Ordinal);
    public string PoolType => IsShared ? "SharedStoragePool" : "VolumeGroup";
    public string ListName => IsShared ? "LogicalUnits" : "VirtualDisks";

    public static Disk Of(WorkStep step) => new(step.Arguments["pool"], step.Arguments["disk"]);

    public XElement? In(XElement pool) =>
        IsShared
            ? pool.Child("LogicalUnits").Children("LogicalUnit").FirstOrDefault(unit => unit.Text("UnitName") == Name)
            : pool.Child("VirtualDisks").Children("VirtualDisk").FirstOrDefault(disk => disk.Text("DiskName") == Name);
}
