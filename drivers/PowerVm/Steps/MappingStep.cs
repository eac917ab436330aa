using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Steps;

/// <summary>Lets a VIOS serve the disk to the partition: a pair of virtual SCSI adapters, and the disk behind the server's.</summary>
internal sealed class MappingStep(Connection connection) : Step(connection)
{
    public const string Name = "mapping";
    internal const string Group = "?group=ViosSCSIMapping";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var made = await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) ?? throw Console.NoSuchGuest(step.Arguments["name"]);
        var disk = Disk.Of(step);
        var what = $"serving the disk {disk.Name} to '{made.Guest.Name}'";
        var pool = await Console.Client.FindAsync(disk.Path, what, cancellationToken).ConfigureAwait(false);
        var storage = (pool is null ? null : disk.In(pool.Content))
            ?? throw new ProviderException(ProviderError.NotFound, $"The disk {disk.Name} is gone from {step.Arguments["datastore"]}") { NativeCode = HmcErrors.NoSuchObject };
        await Console.EditAsync(Vios(step) + Group, "VirtualIOServer", what, vios => Add(vios, storage, made.Facts.Uuid, step), cancellationToken).ConfigureAwait(false);
        Console.Watched.Poke(dirt => dirt.Vios(Uuid(step, "vios")));
        context.Progress.Report(1);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var vios = await Console.Client.FindAsync(Vios(step) + Group, "looking at a VIOS", cancellationToken).ConfigureAwait(false);
        return DoneIf(vios is not null && Mapping(vios.Content, Disk.Of(step).Name) is not null);
    }

    public override async Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        try
        {
            await Console.EditAsync(Vios(step) + Group, "VirtualIOServer", "taking back a disk's mapping", vios =>
            {
                var mapping = Mapping(vios, Disk.Of(step).Name);
                mapping?.Remove();
                return mapping is not null;
            }, cancellationToken).ConfigureAwait(false);
            Console.Watched.Poke(dirt => dirt.Vios(Uuid(step, "vios")));
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            // The VIOS is gone with what it served.
        }
    }

    private static XElement? Mapping(XElement vios, string disk) =>
        vios.Child("VirtualSCSIMappings").Children("VirtualSCSIMapping")
            .FirstOrDefault(mapping => (mapping.Text("Storage/VirtualDisk/DiskName") ?? mapping.Text("Storage/LogicalUnit/UnitName")) == disk);

    private bool Add(XElement vios, XElement storage, Guid partition, WorkStep step)
    {
        if (Mapping(vios, Disk.Of(step).Name) is not null)
            return false;
        var ns = HmcXml.Uom;
        var mappings = vios.Child("VirtualSCSIMappings")
            ?? throw new ProviderException(ProviderError.Conflict, $"The VIOS {step.Arguments["vios-name"]} shows no storage: has it its monitoring connection (RMC)?");
        var href = new Uri(Console.Client.Root, $"uom/ManagedSystem/{step.Arguments["system"]}/LogicalPartition/{Inventory.PartitionFacts.Address(partition)}");
        mappings.Add(new XElement(
            ns + "VirtualSCSIMapping",
            new XAttribute("schemaVersion", "V1_0"),
            Metadata(),
            new XElement(ns + "AssociatedLogicalPartition", new XAttribute("href", href), new XAttribute("rel", "related")),
            Adapter("ClientAdapter", "Client"),
            Adapter("ServerAdapter", "Server"),
            new XElement(ns + "Storage", new XElement(storage))));
        return true;

        XElement Adapter(string name, string type) =>
            new(ns + name, new XAttribute("schemaVersion", "V1_0"), Metadata(), new XElement(ns + "AdapterType", type), new XElement(ns + "UseNextAvailableSlotID", "true"));

        XElement Metadata() => new(ns + "Metadata", new XElement(ns + "Atom"));
    }

    private static string Vios(WorkStep step) => $"uom/VirtualIOServer/{Inventory.PartitionFacts.Address(Uuid(step, "vios"))}";
}
