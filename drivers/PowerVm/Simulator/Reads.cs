using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>Answers to GET. Called under the estate's gate.</summary>
internal sealed class Reads(HmcEstate estate, HmcServer server)
{
    private string Root => server.Root;

    public SimSystem? System(string uuid) => Guid.TryParse(uuid, out var id) ? estate.Systems.Find(s => s.Uuid == id) : null;

    public SimPartition? Partition(string uuid) => Guid.TryParse(uuid, out var id) ? estate.Partitions.GetValueOrDefault(id) : null;

    public static string Etag(SimPartition p) => ((p.Uuid.GetHashCode() & 0x7FFFFFF) + p.Version).ToString(CultureInfo.InvariantCulture);

    public static string Etag(SimPool p) => ((p.Uuid.GetHashCode() & 0x7FFFFFF) + p.Version).ToString(CultureInfo.InvariantCulture);

    public Reply Answer(string[] segments, string path, IQueryCollection query) =>
        segments switch
        {
            ["uom", "ManagementConsole", ..] => Feed(path, [("ManagementConsole", estate.Console.ToString("D"), "1", PlaceXml.Console(estate, Root))]),
            ["uom", "ManagedSystem", "quick", "All"] => Json($"[{string.Join(',', estate.Systems.Select(PlaceXml.Quick))}]"),
            ["uom", "ManagedSystem", var id, .. var rest] => System(id) is { } system ? OfSystem(system, rest, path) : Reply.NotFound(path),
            ["uom", "LogicalPartition", var id, .. var rest] => Partition(id) is { IsVios: false } p ? OfPartition(p, rest, path, query) : Reply.NotFound(path),
            ["uom", "VirtualIOServer", var id, .. var rest] => Partition(id) is { IsVios: true } p ? OfPartition(p, rest, path, query) : Reply.NotFound(path),
            ["uom", "Group"] => Feed(path, estate.Groups.Select(g => ("Group", g.Uuid.ToString("D"), "1", PlaceXml.Group(g, estate, Root)))),
            ["uom", "SharedStoragePool"] => Feed(path, estate.SharedPools.Select(p => ("SharedStoragePool", p.Uuid.ToString("D"), Etag(p), ViosXml.Pool(p, null, Root)))),
            ["uom", "SharedStoragePool", var id] => estate.SharedPools.Find(p => p.Uuid.ToString("D") == id) is { } pool ? server.Entry("SharedStoragePool", "uom", id, path, Etag(pool), ViosXml.Pool(pool, null, Root)) : Reply.NotFound(path),
            ["templates", "PartitionTemplate"] => Templates(),
            ["pcm", "ManagedSystem", _, "LogicalPartition", var id, "ProcessedMetrics"] => Partition(id) is { } p ? Metrics(p) : Reply.NotFound(path),
            ["pcm", "ProcessedMetrics", var file] => Counters(file, path),
            _ => Reply.NotFound(path),
        };

    private Reply OfSystem(SimSystem system, string[] rest, string path)
    {
        if (rest is ["quick"])
            return Json(PlaceXml.Quick(system));
        if (system.State != "operating")
            return Reply.Error(500, path, "Unknown internal error.", $"HSCL0D4A The managed system {system.Name} is in the state {system.State}: the operation is not allowed.");
        return rest switch
        {
            [] => server.Entry("ManagedSystem", "uom", system.Uuid.ToString("D"), path, "721374848", PlaceXml.System(system, Root)),
            ["LogicalPartition"] => Feed(path, system.Partitions.Values.Where(p => !p.IsVios).Select(p => ("LogicalPartition", p.Key, Etag(p), PartitionXml.Of(p, Root, storage: false)))),
            ["VirtualIOServer"] => Feed(path, HmcEstate.ViosOf(system).Select(p => ("VirtualIOServer", p.Key, Etag(p), PartitionXml.Of(p, Root, storage: true)))),
            ["LogicalPartition", "quick", "All"] => Json($"[{string.Join(',', system.Partitions.Values.Where(p => !p.IsVios).Select(p => PlaceXml.QuickPartition(p, Root)))}]"),
            ["VirtualIOServer", "quick", "All"] => Json($"[{string.Join(',', HmcEstate.ViosOf(system).Select(p => PlaceXml.QuickPartition(p, Root)))}]"),
            ["VirtualSwitch"] => Feed(path, system.Switches.Select(s => ("VirtualSwitch", s.Uuid.ToString("D"), "1", PlaceXml.Switch(s, system, Root)))),
            ["VirtualNetwork"] => Feed(path, system.Networks.Select(n => ("VirtualNetwork", n.Uuid.ToString("D"), "1", PlaceXml.Network(n, system, Root)))),
            ["LogicalPartition" or "VirtualIOServer", var id] when Partition(id) is { } p && p.System == system => OfPartition(p, [], path, null),
            ["SharedMemoryPool"] => Reply.Empty,
            _ => Reply.NotFound(path),
        };
    }

    private Reply OfPartition(SimPartition p, string[] rest, string path, IQueryCollection? query)
    {
        // The group None is the partition alone.
        var storage = p.IsVios && query?["group"].ToString() != "None";
        return rest switch
        {
            [] => server.Entry(p.IsVios ? "VirtualIOServer" : "LogicalPartition", "uom", p.Key, path, Etag(p), PartitionXml.Of(p, Root, storage)),
            ["ClientNetworkAdapter"] => Feed(path, p.Adapters.Select(a => ("ClientNetworkAdapter", a.Uuid.ToString("D"), "2116930378", PlaceXml.Adapter(a, p, Root)))),
            ["LogicalPartitionProfile"] => Feed(path, [("LogicalPartitionProfile", p.Profile.ToString("D"), "1", PlaceXml.Profile(p, Root))]),
            ["LogicalPartitionProfile", _] => server.Entry("LogicalPartitionProfile", "uom", p.Profile.ToString("D"), path, "1", PlaceXml.Profile(p, Root)),
            ["VolumeGroup"] => Feed(path, p.VolumeGroups.Select(g => ("VolumeGroup", g.Uuid.ToString("D"), Etag(g), ViosXml.Pool(g, p, Root)))),
            ["VolumeGroup", var id] => p.VolumeGroups.Find(g => g.Uuid.ToString("D") == id) is { } group ? server.Entry("VolumeGroup", "uom", id, path, Etag(group), ViosXml.Pool(group, p, Root)) : Reply.NotFound(path),
            ["VirtualFibreChannelClientAdapter" or "VirtualSCSIClientAdapter" or "VirtualNICDedicated" or "SRIOVEthernetLogicalPort"] => Reply.Empty,
            _ => Reply.NotFound(path),
        };
    }

    private Reply Templates() =>
        estate.Templates.Count == 0
            ? Reply.Empty
            : new Reply(200, XmlOut.Feed("templates", null, "", estate.Templates.Select(t => XmlOut.Entry("PartitionTemplate", "templates", t.Uuid.ToString("D"), null, null, PlaceXml.Template(t), root: false))).Replace("<id>templates</id>", "", StringComparison.Ordinal));

    /// <summary>An empty list is no list: 204.</summary>
    private Reply Feed(string path, IEnumerable<(string Type, string Id, string Etag, string Content)> objects)
    {
        var entries = objects.Select(o => XmlOut.Entry(o.Type, "uom", o.Id, $"{Root}{path}/{o.Id}", o.Etag, o.Content, root: false)).ToList();
        return entries.Count == 0 ? Reply.Empty : new Reply(200, XmlOut.Feed(Guid.NewGuid().ToString("D"), $"{Root}{path}", $"{Root}/rest/api/uom/ManagementConsole/{estate.Console:D}", entries), Etag: "-394391158");
    }

    private Reply Metrics(SimPartition p)
    {
        if (!p.On)
            return Reply.Empty;
        var file = $"LogicalPartition_{p.Key}_20220422T135956+0000_20220422T141526+0000_30.json";
        return new Reply(200, $"<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>{p.Key}</id><updated>2022-04-22T14:15:26.000Z</updated><title type=\"text\">ProcessedMetrics</title><subtitle type=\"text\">LogicalPartition {p.Key}</subtitle>"
            + $"<generator uri=\"IBM Power Systems Management Console\" version=\"1\"/><entry><id>{Guid.NewGuid():D}</id><updated>2022-04-22T14:15:26.000Z</updated><title type=\"text\">{file}</title><published>2022-04-22T13:59:56.000Z</published>"
            + $"<link type=\"application/json\" href=\"{Root}/rest/api/pcm/ProcessedMetrics/{file}\"/><author><name>IBM Power Systems Management Console</name></author><category term=\"LogicalPartition\" frequency=\"30\"/></entry></feed>");
    }

    private Reply Counters(string file, string path)
    {
        if (file.Split('_') is not ["LogicalPartition", var id, ..] || Partition(id) is not { } p)
            return Reply.NotFound(path);
        var used = (p.Units * 0.37m).ToString("0.###", CultureInfo.InvariantCulture);
        return new Reply(200, $$$"""
            {"systemUtil":{"utilInfo":{"version":"1.3.0","metricType":"Processed","frequency":30,"startTimeStamp":"2022-04-22T13:59:56+0000","endTimeStamp":"2022-04-22T14:15:26+0000","mtms":"{{{p.System.MachineType}}}*{{{p.System.Serial}}}","name":"{{{p.System.Name}}}","metricArrayOrder":["AVG"],"uuid":"{{{p.System.Uuid:D}}}"},"utilSamples":[{"sampleType":"LogicalPartition","lparsUtil":[{"id":{{{p.Id}}},"name":"{{{p.Name}}}","type":"{{{p.Type}}}","affinityScore":100,"memory":{"logicalMem":[{{{p.Memory}}}],"backedPhysicalMem":[{{{p.Memory}}}]},"processor":{"poolId":0,"weight":{{{p.Weight}}},"mode":"uncap","maxVirtualProcessors":[{{{p.Processors}}}],"maxProcUnits":[{{{p.Processors}}}],"entitledProcUnits":[{{{p.Units.ToString(CultureInfo.InvariantCulture)}}}],"utilizedProcUnits":[{{{used}}}]},"network":{"virtualEthernetAdapters":[{"sentBytes":[101.967],"receivedBytes":[276.233]}]},"storage":{"genericVirtualAdapters":[{"transmittedBytes":[null],"numOfReads":[1.5],"numOfWrites":[6.033],"readBytes":[4096],"writeBytes":[444996.267]}]},"state":"Running","uuid":"{{{p.Key}}}"}],"sampleInfo":{"timeStamp":"2022-04-22T14:15:26+0000","status":0}}]}}
            """, "application/vnd.ibm.powervm.pcm.json");
    }

    private static Reply Json(string body) => new(200, body, "application/json");
}
