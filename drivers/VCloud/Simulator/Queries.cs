using System.Globalization;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Anyvisor.Drivers.VCloud.Simulator;

/// <summary>The query service: records of a type, filtered and in pages.</summary>
internal sealed class Queries(SimEstate estate, Documents documents)
{
    private const int MostOnAPage = 128;

    public XElement Answer(IQueryCollection query)
    {
        var type = query["type"].ToString();
        var wanted = Filter(query["filter"].ToString());
        var records = Records(type.StartsWith("admin", StringComparison.Ordinal) ? char.ToLowerInvariant(type[5]) + type[6..] : type).Where(wanted).ToList();
        var size = Math.Clamp(Number(query["pageSize"], 25), 1, MostOnAPage);
        var page = Math.Max(1, Number(query["page"], 1));
        return new XElement(Documents.V + "QueryResultRecords", new XAttribute("total", records.Count), new XAttribute("pageSize", size), new XAttribute("page", page), new XAttribute("name", type),
            page * size < records.Count ? documents.Link("nextPage", $"query?type={type}&page={page + 1}&pageSize={size}&format=records", "query.records") : null,
            records.Skip((page - 1) * size).Take(size));
    }

    private IEnumerable<XElement> Records(string type) =>
        type switch
        {
            "vm" => estate.Machines.Values.Select(machine => Record("VMRecord", machine.Name, $"vApp/vm-{machine.Uuid:D}",
                ("container", $"{documents.Root}/api/vApp/vapp-{machine.VApp.Uuid:D}"), ("containerName", machine.VApp.Name), ("vdc", $"{documents.Root}/api/vdc/{machine.VApp.Vdc.Uuid:D}"), ("status", SimStatus.Word(machine.Status)),
                ("isDeployed", machine.Deployed), ("isVAppTemplate", false), ("numberOfCpus", machine.Cpus), ("memoryMB", machine.MemoryMb), ("guestOs", machine.OsType), ("networkName", machine.Network ?? ""), ("ipAddress", machine.Ip ?? ""))),
            "vApp" => estate.VApps.Values.Select(vapp => Record("VAppRecord", vapp.Name, $"vApp/vapp-{vapp.Uuid:D}", ("vdc", $"{documents.Root}/api/vdc/{vapp.Vdc.Uuid:D}"), ("vdcName", vapp.Vdc.Name), ("status", SimStatus.Word(vapp.Status)), ("numberOfVMs", vapp.Machines.Count))),
            "orgVdc" => estate.Vdcs.Select(vdc => Record("OrgVdcRecord", vdc.Name, $"vdc/{vdc.Uuid:D}", ("orgName", estate.Org), ("isEnabled", true), ("memoryLimitMB", vdc.MemoryLimitMb))),
            "vAppTemplate" => estate.Templates.Select(template => Record("VAppTemplateRecord", template.Name, $"vAppTemplate/vappTemplate-{template.Uuid:D}", ("catalogName", template.Catalog), ("vdcName", template.Vdc.Name), ("status", "RESOLVED"), ("isExpired", false), ("storageKB", template.DiskMb * 1024), ("storageProfileName", "gold"), ("creationDate", "2024-01-02T03:04:05.000Z"))),
            "orgVdcNetwork" => estate.Networks.Select(network => Record("OrgVdcNetworkRecord", network.Name, $"admin/network/{network.Uuid:D}", ("vdcName", network.Vdc.Name), ("defaultGateway", network.Gateway), ("netmask", network.Netmask), ("linkType", network.LinkType), ("isShared", false))),
            "orgVdcStorageProfile" => estate.Vdcs.Select(vdc => Record("OrgVdcStorageProfileRecord", "gold", $"vdcStorageProfile/{vdc.StorageProfile:D}", ("vdcName", vdc.Name), ("isEnabled", true), ("isDefaultStorageProfile", true), ("storageLimitMB", 10 << 20), ("storageUsedMB", estate.Machines.Values.Where(machine => machine.VApp.Vdc == vdc).Sum(machine => machine.DiskMb)))),
            _ => throw new Refusal(400, "BAD_REQUEST", $"The query type {type} is not known."),
        };

    private XElement Record(string element, string name, string path, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var record = new XElement(Documents.V + element, new XAttribute("name", name), new XAttribute("href", $"{documents.Root}/api/{path}"));
        foreach (var (attribute, value) in attributes)
            record.Add(new XAttribute(attribute, value));
        return record;
    }

    /// <summary>Terms of the form <c>attribute==value</c>, joined by semicolons.</summary>
    private static Func<XElement, bool> Filter(string filter)
    {
        var terms = filter.Trim('(', ')').Split(';', StringSplitOptions.RemoveEmptyEntries).Select(term => term.Split("==", 2)).ToList();
        if (terms.Exists(term => term.Length != 2))
            throw new Refusal(400, "BAD_REQUEST", $"The filter {filter} is not valid.");
        return record => terms.TrueForAll(term => record.Attribute(term[0])?.Value.Equals(term[1], StringComparison.OrdinalIgnoreCase) == true);
    }

    private static int Number(string? text, int otherwise) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
