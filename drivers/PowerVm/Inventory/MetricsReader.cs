using System.Globalization;
using System.Text.Json;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>Reads a partition's processed metrics: the newest sample, whose numbers are averages per second already.</summary>
internal static class MetricsReader
{
    private const long Mebi = 1 << 20;

    public static GuestMetrics? Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (!document.RootElement.TryGetProperty("systemUtil", out var util) || !util.TryGetProperty("utilSamples", out var samples))
            return null;
        foreach (var sample in samples.EnumerateArray().Reverse())
            if (sample.TryGetProperty("lparsUtil", out var partitions) && partitions.ValueKind == JsonValueKind.Array && partitions.GetArrayLength() > 0)
                return Of(partitions[0], At(sample));
        return null;
    }

    private static GuestMetrics Of(JsonElement partition, DateTime at)
    {
        var (ethernet, disks) = (Parts(partition, "network"), Parts(partition, "storage"));
        return new GuestMetrics
        {
            At = at,
            CpuUsage = One(partition, "processor", "utilizedProcUnits"),
            MemoryResident = One(partition, "memory", "backedPhysicalMem") is { } backed ? (long)backed * Mebi : null,
            DiskReadBytes = Sum(disks, "readBytes"),
            DiskWriteBytes = Sum(disks, "writeBytes"),
            DiskReadOperations = Sum(disks, "numOfReads"),
            DiskWriteOperations = Sum(disks, "numOfWrites"),
            NetworkReceiveBytes = Sum(ethernet, "receivedBytes"),
            NetworkTransmitBytes = Sum(ethernet, "sentBytes"),
        };
    }

    private static DateTime At(JsonElement sample) =>
        sample.TryGetProperty("sampleInfo", out var info) && info.TryGetProperty("timeStamp", out var stamp)
        && DateTimeOffset.TryParseExact(stamp.GetString(), "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? at.UtcDateTime
            : DateTimeOffset.TryParse(sample.TryGetProperty("sampleInfo", out var other) && other.TryGetProperty("timeStamp", out var text) ? text.GetString()?.Replace("+0000", "Z", StringComparison.Ordinal) : null, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var loose)
                ? loose.UtcDateTime
                : throw new FormatException("a sample has no time");

    /// <summary>All adapters of all kinds.</summary>
    private static List<JsonElement> Parts(JsonElement partition, string name) =>
        partition.TryGetProperty(name, out var kinds) && kinds.ValueKind == JsonValueKind.Object
            ? [.. kinds.EnumerateObject().Where(kind => kind.Value.ValueKind == JsonValueKind.Array).SelectMany(kind => kind.Value.EnumerateArray())]
            : [];

    private static double? Sum(List<JsonElement> parts, string name)
    {
        var numbers = parts.Select(part => Average(part, name)).OfType<double>().ToList();
        return numbers.Count > 0 ? numbers.Sum() : null;
    }

    private static double? One(JsonElement partition, string group, string name) => partition.TryGetProperty(group, out var part) ? Average(part, name) : null;

    /// <summary>Each number is an array of one, which may hold null.</summary>
    private static double? Average(JsonElement part, string name) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var values)
            ? values.ValueKind switch
            {
                JsonValueKind.Number => values.GetDouble(),
                JsonValueKind.Array when values.GetArrayLength() > 0 && values[0].ValueKind == JsonValueKind.Number => values[0].GetDouble(),
                _ => null,
            }
            : null;
}
