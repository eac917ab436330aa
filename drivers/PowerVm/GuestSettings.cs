using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

/// <summary>What a new partition may be told beyond the common request.</summary>
internal sealed record GuestSettings
{
    public static ImmutableArray<Setting> All { get; } =
    [
        new() { Name = "type", Type = SettingType.Choice, Choices = ["aix-linux", "ibmi"], Help = "What runs in it; the image's by default, or aix-linux." },
        new() { Name = "sharing", Type = SettingType.Choice, Choices = ["uncapped", "capped", "dedicated"], Help = "Whether it shares processors, and may use more than it is promised; the image's by default, or uncapped." },
        new() { Name = "units", Help = "Processing units that it is promised, as 0.5; without it a fifth of its virtual processors." },
        new() { Name = "weight", Type = SettingType.Integer, Default = "128", Help = "Its weight for spare processing, 0 to 255." },
        new() { Name = "max-vcpus", Type = SettingType.Integer, Help = "How far its processors can grow while it runs; twice as many by default." },
        new() { Name = "max-memory", Type = SettingType.Integer, Help = "How far its memory can grow while it runs, in MiB; twice as much by default." },
    ];

    public PartitionKind? Kind { get; init; }
    public string? Sharing { get; init; }
    public decimal? Units { get; init; }
    public int? Weight { get; init; }
    public int? MaxProcessors { get; init; }
    public long? MaxMemory { get; init; }

    public static GuestSettings Read(ImmutableDictionary<string, string> settings)
    {
        var read = new GuestSettings();
        foreach (var (name, value) in settings)
            read = name switch
            {
                "type" => read with { Kind = value switch { "aix-linux" => PartitionKind.AixLinux, "ibmi" => PartitionKind.Ibmi, _ => throw Wrong(name, value) } },
                "sharing" => read with { Sharing = value is "uncapped" or "capped" or "dedicated" ? value : throw Wrong(name, value) },
                "units" => read with { Units = decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var units) && units > 0 ? units : throw Wrong(name, value) },
                "weight" => read with { Weight = Number(name, value, 0, 255) },
                "max-vcpus" => read with { MaxProcessors = Number(name, value, 1, 10_000) },
                "max-memory" => read with { MaxMemory = (long)Number(name, value, 1, int.MaxValue) << 20 },
                _ => throw new ProviderException(ProviderError.InvalidArgument, $"A partition has no setting '{name}': there are {string.Join(", ", All.Select(setting => setting.Name))}"),
            };
        return read;
    }

    private static int Number(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : throw Wrong(name, value);

    private static ProviderException Wrong(string name, string value) => new(ProviderError.InvalidArgument, $"The setting {name} can't be '{value}'");
}
