using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Tests.Conformance;

public sealed class QemuBed() : LibvirtBed(Live.LiveBed.Variable, qemu => qemu)
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"anyvisor-image-{Guid.NewGuid():N}.raw");

    public override CreateGuest NewGuest(string name) => new() { Name = name, Provider = "bed", Vcpus = 1, Memory = 64 << 20, Disk = 8 << 20 };

    public override ImageImport NewImage(string name)
    {
        using (var file = File.Create(_file))
        {
            file.SetLength(8 << 20);
            file.Position = 3 << 20;
            file.Write("some bytes between holes"u8);
        }
        return new ImageImport { Name = name, File = _file, Format = "raw", Capacity = 8 << 20, Arch = Architecture.S390x };
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        File.Delete(_file);
    }
}

public sealed class QemuConformance(QemuBed bed) : DriverConformance<QemuBed>(bed);
