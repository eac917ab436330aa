using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Steps;

/// <summary>Makes a guest, off, by what its plan says; a clone takes the rest from its source.</summary>
internal sealed class DefineStep : EstateStep
{
    public const string Name = "define";

    public override void Run(SimEstate estate, WorkStep step, WorkContext context)
    {
        if (IsDone(estate, step, context))
            return;
        var name = step.Arguments["name"];
        if (estate.FindByName(name) is not null)
            throw new ProviderException(ProviderError.Conflict, $"The simulated estate has a guest '{name}' by now. Choose another name.");
        estate.AddGuest(step.Arguments.ContainsKey("source") ? Clone(estate, step) : New(estate, step), context.TaskId);
    }

    public override bool IsDone(SimEstate estate, WorkStep step, WorkContext context) => estate.Find(Id(step, "guest")) is not null;

    public override void Undo(SimEstate estate, WorkStep step, WorkContext context) => estate.RemoveGuest(Id(step, "guest"), context.TaskId);

    private static Guest Clone(SimEstate estate, WorkStep step)
    {
        var source = Guest(estate, step, "source");
        var id = Id(step, "guest");
        estate.TryHost(source.Host, out var host);
        var platform = estate.Layout.PlatformOf(host);
        return source with
        {
            Id = estate.Layout.Id(ObjectKind.Guest, id),
            NativeId = id,
            Name = step.Arguments["name"],
            Power = PowerState.Off,
            Transition = Transition.None,
            Lifecycle = Lifecycle.Provisioned,
            Raw = platform.Raw(PowerState.Off),
            Nics = [.. source.Nics.Select((nic, number) => nic with { Mac = MacOf(platform, id, number), Addresses = [] })],
            CreatedAt = estate.Now,
            ObservedAt = estate.Now,
            Source = ObservationSource.Event,
            Concerns = [],
        };
    }

    private static Guest New(SimEstate estate, WorkStep step)
    {
        var arguments = step.Arguments;
        var id = Id(step, "guest");
        estate.TryHost(arguments["host"], out var host);
        var platform = estate.Layout.PlatformOf(host);
        var arch = Enum.Parse<Architecture>(arguments["arch"]);
        var image = arguments.TryGetValue("image", out var named) ? estate.FindImage(named) : null;
        var shape = platform.Shapes.FirstOrDefault(shape => shape.Arch == arch && shape.Os == image?.Os) ?? platform.Shapes.First(shape => shape.Arch == arch);
        return new Guest
        {
            Id = estate.Layout.Id(ObjectKind.Guest, id),
            NativeId = id,
            Name = arguments["name"],
            Provider = estate.Layout.Provider,
            Host = arguments["host"],
            Cluster = estate.Layout.ClusterNames[estate.Layout.ClusterOf(host)],
            Kind = platform.Kind,
            Power = PowerState.Off,
            Raw = platform.Raw(PowerState.Off),
            Source = ObservationSource.Event,
            ObservedAt = estate.Now,
            Arch = arch,
            Os = image?.Os ?? OperatingSystemInfo.Unknown,
            Firmware = shape.Firmware,
            Virtualization = shape.Virtualization,
            Hypervisor = platform.Hypervisor.Name,
            Vcpus = int.Parse(arguments["vcpus"], CultureInfo.InvariantCulture),
            Memory = long.Parse(arguments["memory"], CultureInfo.InvariantCulture),
            Disks =
            [
                new Disk
                {
                    Name = Layout.DiskName(platform, 0),
                    Bus = platform.DiskBus,
                    Format = platform.DiskFormat,
                    Capacity = long.Parse(arguments["capacity"], CultureInfo.InvariantCulture),
                    Datastore = arguments["datastore"],
                },
            ],
            Nics =
            [
                .. arguments["networks"].Split('\n').Select((network, number) => new Nic { Mac = MacOf(platform, id, number), Network = network, Model = platform.NicModel }),
            ],
            Tags = Prefixed(step, "tag."),
            Images = image is null ? [] : [image.Name],
            CreatedAt = estate.Now,
        };
    }

    private static MacAddress MacOf(Platform platform, NativeId id, int number)
    {
        var draw = new Draw(Hash(id.ToString()));
        return new MacAddress(((ulong)platform.Oui << 24) | ((draw.Next() + (uint)number) & 0xffffff));
    }

    /// <summary>FNV-1a: string hashes of the runtime differ from process to process.</summary>
    private static ulong Hash(string text) => text.Aggregate(14695981039346656037UL, static (hash, c) => (hash ^ c) * 1099511628211UL);
}
