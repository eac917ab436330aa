using System.Buffers;
using System.Text.Json;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>What vSphere says of a virtual machine beyond the common model, as JSON with its own words.</summary>
internal static class NativeJson
{
    public static ReadOnlyMemory<byte> Of(GuestRecord record, Estate estate)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("moref", record.Self.Value);
            Text(json, "instanceUuid", record.InstanceUuid);
            Text(json, "biosUuid", record.BiosUuid);
            Text(json, "datacenter", estate.Datacenter(record)?.Name);
            Text(json, "folder", estate.Folder(record) is { Length: > 0 } folder ? folder : null);
            Text(json, "resourcePool", estate.Find<PlaceRecord>(record.ResourcePool)?.Name);
            if (estate.Find<PlaceRecord>(record.ResourcePool) is { Self.Type: "VirtualApp" } vapp)
                json.WriteString("vApp", vapp.Name);
            Text(json, "guestId", record.GuestId);
            Text(json, "guestFullName", record.GuestFullName);
            Text(json, "hardwareVersion", record.HardwareVersion);
            Text(json, "powerState", record.PowerWord);
            Text(json, "connectionState", record.ConnectionWord);
            Text(json, "toolsRunningStatus", record.ToolsRunning);
            Text(json, "toolsVersionStatus", record.ToolsVersion);
            Text(json, "hostName", record.HostName);
            Text(json, "managedBy", record.ManagedBy);
            json.WriteNumber("coresPerSocket", record.Hardware.CoresPerSocket);
            json.WriteBoolean("cpuHotAdd", record.CpuHotAdd);
            json.WriteBoolean("memoryHotAdd", record.MemoryHotAdd);
            if (record.ChangeTracking is { } tracking)
                json.WriteBoolean("changeTracking", tracking);
            json.WriteBoolean("secureBoot", record.SecureBoot);
            json.WriteBoolean("encrypted", record.Encrypted);
            Devices(json, record);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static void Devices(Utf8JsonWriter json, GuestRecord record)
    {
        if (record.Hardware.Traits != DeviceTraits.None)
            json.WriteString("traits", record.Hardware.Traits.ToString());
        json.WriteStartArray("devices");
        foreach (var disk in record.Hardware.Disks)
        {
            json.WriteStartObject();
            json.WriteNumber("key", disk.Key);
            json.WriteString("name", disk.Name);
            json.WriteString("controller", disk.Controller);
            Text(json, "file", disk.File);
            json.WriteEndObject();
        }
        foreach (var nic in record.Hardware.Nics)
        {
            json.WriteStartObject();
            json.WriteNumber("key", nic.Key);
            json.WriteString("model", nic.Model);
            Text(json, "network", nic.NetworkRef ?? nic.Network);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            json.WriteString(name, text);
    }
}
