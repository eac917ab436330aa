using Anyvisor.Model;

namespace Anyvisor.Driver;

/// <summary>What was found at the other end.</summary>
/// <param name="Product">As the system calls itself: <c>libvirt</c>, <c>VMware vCenter Server</c>.</param>
/// <param name="Version">As the system writes it.</param>
/// <param name="Freshness">How changes reach us.</param>
public sealed record ProviderAbout(string Product, string Version, Freshness Freshness);
