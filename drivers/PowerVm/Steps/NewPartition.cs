using System.Xml.Linq;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Steps;

/// <summary>The XML of a new partition, in the order that the console demands.</summary>
internal static class NewPartition
{
    public static string Body(WorkStep step, string mark)
    {
        var ns = HmcXml.Uom;
        var given = step.Arguments;
        var dedicated = given["sharing"] == "dedicated";
        return new XElement(
            ns + "LogicalPartition",
            new XAttribute("schemaVersion", "V1_0"),
            Metadata(),
            new XElement(ns + "AllowPerformanceDataCollection", "true"),
            new XElement(ns + "AvailabilityPriority", "127"),
            new XElement(ns + "PartitionIOConfiguration", new XAttribute("schemaVersion", "V1_0"), Metadata(), new XElement(ns + "MaximumVirtualIOSlots", "64")),
            new XElement(
                ns + "PartitionMemoryConfiguration",
                new XAttribute("schemaVersion", "V1_0"),
                Metadata(),
                new XElement(ns + "DesiredMemory", given["memory"]),
                new XElement(ns + "MaximumMemory", given["max-memory"]),
                new XElement(ns + "MinimumMemory", given["min-memory"])),
            new XElement(ns + "PartitionName", given["name"]),
            new XElement(ns + "PartitionProcessorConfiguration", new XAttribute("schemaVersion", "V1_0"), Metadata(), dedicated ? Dedicated() : Shared()),
            new XElement(ns + "PartitionType", given["type"]),
            new XElement(ns + "PendingProcessorCompatibilityMode", given["mode"]),
            new XElement(ns + "Description", mark)
        ).ToString(SaveOptions.DisableFormatting);

        object[] Dedicated() =>
        [
            new XElement(
                ns + "DedicatedProcessorConfiguration", new XAttribute("schemaVersion", "V1_0"), Metadata(),
                new XElement(ns + "DesiredProcessors", given["vcpus"]), new XElement(ns + "MaximumProcessors", given["max-vcpus"]), new XElement(ns + "MinimumProcessors", "1")),
            new XElement(ns + "HasDedicatedProcessors", "true"),
            // The console's own spelling.
            new XElement(ns + "SharingMode", "sre idle proces"),
        ];

        object[] Shared() =>
        [
            new XElement(ns + "HasDedicatedProcessors", "false"),
            new XElement(
                ns + "SharedProcessorConfiguration", new XAttribute("schemaVersion", "V1_0"), Metadata(),
                new XElement(ns + "DesiredProcessingUnits", given["units"]), new XElement(ns + "DesiredVirtualProcessors", given["vcpus"]),
                new XElement(ns + "MaximumProcessingUnits", given["max-units"]), new XElement(ns + "MaximumVirtualProcessors", given["max-vcpus"]),
                new XElement(ns + "MinimumProcessingUnits", given["min-units"]), new XElement(ns + "MinimumVirtualProcessors", "1"),
                given["sharing"] == "uncapped" ? new XElement(ns + "UncappedWeight", given["weight"]) : null),
            new XElement(ns + "SharingMode", given["sharing"]),
        ];

        XElement Metadata() => new(ns + "Metadata", new XElement(ns + "Atom"));
    }
}
