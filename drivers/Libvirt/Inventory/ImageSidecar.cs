using System.Text.Json;
using System.Text.Json.Serialization;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Inventory;

/// <summary>What we know of an image beyond its volume; kept beside it in the pool.</summary>
internal sealed record ImageSidecar
{
    public Architecture Arch { get; init; }
    public OperatingSystemInfo Os { get; init; } = OperatingSystemInfo.Unknown;
    public Firmware Firmware { get; init; }
    public string? Description { get; init; }

    /// <summary>The task that imported it.</summary>
    public string? Task { get; init; }
    public DateTime? CreatedAt { get; init; }

    /// <summary>More than any sidecar of ours has; a larger one is not read.</summary>
    public const int MaxBytes = 64 * 1024;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, ImageSidecarJson.Default.ImageSidecar);

    /// <summary>Null when it is none: the folder is anybody's.</summary>
    public static ImageSidecar? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.TrimEnd((byte)0), ImageSidecarJson.Default.ImageSidecar);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageSidecar))]
internal sealed partial class ImageSidecarJson : JsonSerializerContext;
