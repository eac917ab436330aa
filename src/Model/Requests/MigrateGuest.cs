namespace Anyvisor.Model;

/// <param name="Host">The name of the host to go to: at the same provider, or the one host of another provider of the same hypervisor.</param>
/// <param name="Live">Without stopping the guest.</param>
/// <param name="WithStorage">Copy disks that the target host can't reach.</param>
public sealed record MigrateGuest(string Host, bool Live = false, bool WithStorage = false);
