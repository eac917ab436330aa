namespace Anyvisor.Drivers.Zvm.Simulator.Estate;

/// <summary>A z/VM system of the estate.</summary>
internal sealed record SimMember(string Name, string Connector, int Cpus, int MemoryMb, int Slot);

/// <summary>A virtual switch, the same on every member.</summary>
internal sealed record SimSwitch(string Name, string Rdev, string Controller, bool Ethernet)
{
    internal HashSet<string> Granted { get; } = new(StringComparer.Ordinal);
}

/// <summary>An image of the connectors' repository.</summary>
internal sealed record SimImage(string Name, string Os, int Cylinders, long Bytes, string Type);

/// <summary>What z/VM refuses, in the codes of its management API.</summary>
internal sealed class Refusal(int rc, int rs, string text) : Exception(text)
{
    internal int Rc => rc;

    internal int Rs => rs;

    internal static Refusal NoImage(string user) => new(200, 4, $"Image {user} not found");

    internal static Refusal NotInDirectory(string user) => new(400, 4, $"Image {user} not defined in the directory");
}
