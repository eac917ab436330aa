namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>A managed object's reference: <c>VirtualMachine</c> <c>vm-42</c>. Durable within one vCenter or ESXi.</summary>
internal readonly record struct MoRef(string Type, string Value)
{
    public bool IsEmpty => Value is null;

    public override string ToString() => $"{Type} {Value}";
}
