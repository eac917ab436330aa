namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>What makes the common model of the console's objects, for one provider.</summary>
internal sealed class Readers(string provider, TimeProvider time)
{
    public string Provider { get; } = provider;
    public SystemReader Systems { get; } = new(provider, time);
    public PartitionReader Partitions { get; } = new(provider, time);
    public StorageReader Storage { get; } = new(provider, time);
    public NetworkReader Networks { get; } = new(provider, time);
    public ImageReader Images { get; } = new(provider, time);
}
