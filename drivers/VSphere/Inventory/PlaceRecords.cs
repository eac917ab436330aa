using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>A folder, datacenter, resource pool or vApp: what gives things their place.</summary>
internal sealed class PlaceRecord(MoRef self) : EstateRecord(self)
{
    /// <summary>A datacenter's folder of guests.</summary>
    public MoRef VmFolder { get; private set; }

    /// <summary>A resource pool's owner.</summary>
    public MoRef Owner { get; private set; }

    public override bool Set(string path, XmlReader value, Interner words)
    {
        switch (path)
        {
            case "vmFolder":
                VmFolder = value.Ref();
                return true;
            case "owner":
                Owner = value.Ref();
                return true;
            default:
                return base.Set(path, value, words);
        }
    }
}

/// <summary>A <c>ComputeResource</c>: a cluster, or what stands around a host that is in none.</summary>
internal sealed class ComputeRecord(MoRef self) : EstateRecord(self)
{
    public bool IsCluster => Self.Type == "ClusterComputeResource";
    public MoRef RootPool { get; private set; }

    public override bool Set(string path, XmlReader value, Interner words)
    {
        if (path != "resourcePool")
            return base.Set(path, value, words);
        RootPool = value.Ref();
        return true;
    }
}

/// <summary>A <c>Datastore</c>.</summary>
internal sealed class DatastoreRecord(MoRef self) : EstateRecord(self)
{
    public string? Type { get; private set; }
    public string? Url { get; private set; }
    public bool Accessible { get; private set; } = true;
    public string? Maintenance { get; private set; }
    public bool MultipleHosts { get; private set; }
    public long? Capacity { get; private set; }
    public long? FreeSpace { get; private set; }

    /// <summary>Hosts that reach it now.</summary>
    public MoRef[] Hosts { get; private set; } = [];

    public override bool Set(string path, XmlReader value, Interner words)
    {
        switch (path)
        {
            case "summary":
                ReadSummary(value);
                return true;
            case "host":
                Hosts = ReadMounts(value);
                return true;
            default:
                return base.Set(path, value, words);
        }
    }

    private void ReadSummary(XmlReader reader)
    {
        var summary = reader.Enter();
        while (reader.NextChild(summary))
            switch (reader.LocalName)
            {
                case "type":
                    Type = reader.Text().ToLowerInvariant();
                    break;
                case "url":
                    Url = reader.Text();
                    break;
                case "accessible":
                    Accessible = reader.Flag();
                    break;
                case "maintenanceMode":
                    Maintenance = reader.Text();
                    break;
                case "multipleHostAccess":
                    MultipleHosts = reader.Flag();
                    break;
                case "capacity":
                    Capacity = reader.Long();
                    break;
                case "freeSpace":
                    FreeSpace = reader.Long();
                    break;
                default:
                    reader.Skip();
                    break;
            }
    }

    private static MoRef[] ReadMounts(XmlReader reader)
    {
        var hosts = new List<MoRef>();
        var array = reader.Enter();
        while (reader.NextChild(array))
        {
            var mount = reader.Enter();
            while (reader.NextChild(mount))
                if (reader.LocalName == "key")
                    hosts.Add(reader.Ref());
                else
                    reader.Skip();
        }
        return [.. hosts];
    }
}

/// <summary>A <c>Network</c>, distributed port group or opaque network.</summary>
internal sealed class NetworkRecord(MoRef self) : EstateRecord(self)
{
    public bool Accessible { get; private set; } = true;

    /// <summary>A distributed port group's key and switch: what a guest's port is connected by.</summary>
    public string? Key { get; private set; }
    public MoRef Switch { get; private set; }
    public int? Vlan { get; private set; }

    /// <summary>The port group of a switch's own uplinks: no guest is connected to it.</summary>
    public bool IsUplink { get; private set; }

    public override bool Set(string path, XmlReader value, Interner words)
    {
        switch (path)
        {
            case "summary.accessible":
                Accessible = value.Flag();
                return true;
            case "key":
                Key = value.Text();
                return true;
            case "config.distributedVirtualSwitch":
                Switch = value.Ref();
                return true;
            case "config.defaultPortConfig":
                Vlan = ReadVlan(value);
                return true;
            case "tag":
                IsUplink = ReadTags(value).Contains("SYSTEM/DVS.UPLINKPG");
                return true;
            default:
                return base.Set(path, value, words);
        }
    }

    private static int? ReadVlan(XmlReader reader)
    {
        int? vlan = null;
        var config = reader.Enter();
        while (reader.NextChild(config))
            if (reader.LocalName == "vlan" && reader.XsiType() == "VmwareDistributedVirtualSwitchVlanIdSpec")
            {
                var spec = reader.Enter();
                while (reader.NextChild(spec))
                    if (reader.LocalName == "vlanId")
                        vlan = reader.Number() is > 0 and var id ? id : null;
                    else
                        reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        return vlan;
    }

    private static List<string> ReadTags(XmlReader reader)
    {
        var tags = new List<string>();
        var array = reader.Enter();
        while (reader.NextChild(array))
        {
            var tag = reader.Enter();
            while (reader.NextChild(tag))
                if (reader.LocalName == "key")
                    tags.Add(reader.Text());
                else
                    reader.Skip();
        }
        return tags;
    }
}

/// <summary>A distributed switch: its UUID is what a guest's port names it by.</summary>
internal sealed class SwitchRecord(MoRef self) : EstateRecord(self)
{
    public string? Uuid { get; private set; }

    public override bool Set(string path, XmlReader value, Interner words)
    {
        if (path != "uuid")
            return base.Set(path, value, words);
        Uuid = value.Text();
        return true;
    }
}

/// <summary>The attributes that objects have values of.</summary>
internal sealed class FieldsRecord(MoRef self) : EstateRecord(self)
{
    /// <summary>By number: name, and the type of object that it is for; empty for all.</summary>
    public Dictionary<int, (string Name, string Type)> Fields { get; private set; } = [];

    public override bool Set(string path, XmlReader value, Interner words)
    {
        if (path != "field")
            return base.Set(path, value, words);
        var fields = new Dictionary<int, (string, string)>();
        var array = value.Enter();
        while (value.NextChild(array))
        {
            var (key, name, type) = Read(value);
            fields[key] = (name, type);
        }
        Fields = fields;
        return true;
    }

    /// <summary>Reads a <c>CustomFieldDef</c>.</summary>
    public static (int Key, string Name, string Type) Read(XmlReader reader)
    {
        var (key, name, type) = (0, "", "");
        var field = reader.Enter();
        while (reader.NextChild(field))
            switch (reader.LocalName)
            {
                case "key":
                    key = reader.Number();
                    break;
                case "name":
                    name = reader.Text();
                    break;
                case "managedObjectType":
                    type = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        return (key, name, type);
    }
}

/// <summary>The licences: a free ESXi is told by its edition.</summary>
internal sealed class LicensesRecord(MoRef self) : EstateRecord(self)
{
    public string[] Editions { get; private set; } = [];

    public override bool Set(string path, XmlReader value, Interner words)
    {
        if (path != "licenses")
            return base.Set(path, value, words);
        var editions = new List<string>();
        var array = value.Enter();
        while (value.NextChild(array))
        {
            var license = value.Enter();
            while (value.NextChild(license))
                if (value.LocalName == "editionKey")
                    editions.Add(value.Text());
                else
                    value.Skip();
        }
        Editions = [.. editions];
        return true;
    }
}
