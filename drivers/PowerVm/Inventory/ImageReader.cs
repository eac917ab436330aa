using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>What a template says of the partitions that are made from it. Sizes are bytes.</summary>
internal sealed record TemplateDraft(Image Image, Guid Uuid, PartitionKind Kind, ReadOnlyMemory<byte> Native)
{
    public bool Dedicated { get; init; }
    public string? SharingMode { get; init; }
    public int? Weight { get; init; }
    public decimal? UnitsPerProcessor { get; init; }
    public string? CompatibilityMode { get; init; }
    public IReadOnlyList<string> Networks { get; init; } = [];
}

/// <summary>Makes images of partition templates.</summary>
internal sealed class ImageReader(string provider, TimeProvider time)
{
    public TemplateDraft? Read(HmcObject read)
    {
        if (read.Uuid is not { } uuid)
            return null;
        var template = read.Content;
        var config = template.Child("logicalPartitionConfig");
        var kind = config.Text("partitionType") is { } type && Mapping.PartitionTypes.TryGetValue(type, out var known) ? known : PartitionKind.Unknown;
        var processors = config.Child("processorConfiguration");
        var shared = processors.Child("sharedProcessorConfiguration");
        var (units, count) = (shared.Number("desiredProcessingUnits"), shared.Number("desiredVirtualProcessors"));
        var os = Mapping.Os(kind, config.Text("osVersion"));
        var nativeId = new NativeId(uuid);
        var image = new Image
        {
            Id = ObjectId.Derive(ObjectKind.Image, provider, nativeId),
            NativeId = nativeId,
            Name = template.Text("partitionTemplateName") ?? uuid.ToString("D"),
            Provider = provider,
            Arch = Architecture.Ppc64,
            Os = os,
            Firmware = Firmware.OpenFirmware,
            Format = "partition-template",
            Description = template.Text("description"),
            ObservedAt = time.GetUtcNow().UtcDateTime,
        };
        return new TemplateDraft(image, uuid, kind, NativeJson.Of(template))
        {
            Dedicated = processors.Flag("hasDedicatedProcessors") ?? false,
            SharingMode = processors.Text("sharingMode"),
            Weight = shared.Whole("uncappedWeight"),
            UnitsPerProcessor = units is > 0 && count is > 0 ? units / count : null,
            CompatibilityMode = config.Text("pendProcessorCompatibilityMode") ?? config.Text("currProcessorCompatibilityMode"),
            Networks =
            [
                .. config.Child("clientNetworkAdapters").Children("ClientNetworkAdapter")
                    .Select(adapter => adapter.Child("clientVirtualNetworks").Children("ClientVirtualNetwork").Select(network => network.Text("name")).FirstOrDefault())
                    .OfType<string>(),
            ],
        };
    }
}
