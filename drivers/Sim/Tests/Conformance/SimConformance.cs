using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Tests.Conformance;

/// <summary>A simulated estate that nothing disturbs: what changes in it, a test did.</summary>
public sealed class SimBed : DriverBed
{
    public override string? Absent => null;

    public override IDriver Driver { get; } = new Plugin();

    public override ProviderAddress Address { get; } = new() { Provider = "bed", Url = "sim:?hosts=100&guests=400&seed=7&churn=0&native=true" };

    public override ProviderAddress DeadAddress => new() { Provider = "bed", Url = "sim:?hosts=10&guests=0&fault=refuse" };

    public override CreateGuest NewGuest(string name) =>
        new() { Name = name, Provider = "bed", Host = "kvm-001", Vcpus = 1, Memory = 64 << 20, Disk = 8 << 20 };

    public override ImageImport NewImage(string name) =>
        new() { Name = name, File = "/nowhere/disk.qcow2", Format = "qcow2", Capacity = 5L << 30, Arch = Architecture.S390x };

    public override string? MigrationTarget(Guest guest) =>
        Watch.All<Host>().FirstOrDefault(host => host.Cluster == guest.Cluster && host.Name != guest.Host)?.Name;

    public override bool Obeys => true;
}

public sealed class SimConformance(SimBed bed) : DriverConformance<SimBed>(bed);
