using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>A <c>HostSystem</c>.</summary>
internal sealed class HostRecord(MoRef self) : EstateRecord(self)
{
    public string? ConnectionWord { get; private set; }
    public string? PowerWord { get; private set; }
    public bool InMaintenance { get; private set; }
    public string? Vendor { get; private set; }
    public string? Model { get; private set; }
    public string? CpuModel { get; private set; }
    public int Sockets { get; private set; }
    public int Cores { get; private set; }
    public int Threads { get; private set; }
    public long Memory { get; private set; }
    public string? Version { get; private set; }
    public string? Build { get; private set; }

    /// <summary>The vCenter that manages it, as an ESXi tells by itself.</summary>
    public string? ManagedBy { get; private set; }

    public override bool Set(string path, XmlReader value, Interner words)
    {
        switch (path)
        {
            case "runtime.connectionState":
                ConnectionWord = words.Of(value.Text());
                return true;
            case "runtime.powerState":
                PowerWord = words.Of(value.Text());
                return true;
            case "runtime.inMaintenanceMode":
                InMaintenance = value.Flag();
                return true;
            case "summary.hardware":
                ReadHardware(value);
                return true;
            case "summary.config.product":
                ReadProduct(value);
                return true;
            case "summary.managementServerIp":
                ManagedBy = value.Text() is { Length: > 0 } server ? server : null;
                return true;
            default:
                return base.Set(path, value, words);
        }
    }

    public override void Unset(string path)
    {
        if (path == "summary.managementServerIp")
            ManagedBy = null;
        else
            base.Unset(path);
    }

    private void ReadHardware(XmlReader reader)
    {
        var hardware = reader.Enter();
        while (reader.NextChild(hardware))
            switch (reader.LocalName)
            {
                case "vendor":
                    Vendor = reader.Text();
                    break;
                case "model":
                    Model = reader.Text();
                    break;
                case "cpuModel":
                    CpuModel = reader.Text();
                    break;
                case "numCpuPkgs":
                    Sockets = reader.Number();
                    break;
                case "numCpuCores":
                    Cores = reader.Number();
                    break;
                case "numCpuThreads":
                    Threads = reader.Number();
                    break;
                case "memorySize":
                    Memory = reader.Long();
                    break;
                default:
                    reader.Skip();
                    break;
            }
    }

    private void ReadProduct(XmlReader reader)
    {
        var product = reader.Enter();
        while (reader.NextChild(product))
            switch (reader.LocalName)
            {
                case "version":
                    Version = reader.Text();
                    break;
                case "build":
                    Build = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
    }
}
