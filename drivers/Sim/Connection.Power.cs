using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim;

internal sealed partial class Connection : IGuestPower, IGuestShutdown, IGuestReset, IGuestPause, IGuestSuspend, IGuestEntitlement, IGuestRename, ITags
{
    private const int MostVcpus = 256;

    /// <summary>How long a guest's operating system takes to end.</summary>
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(1);

    public Task StartAsync(Guest guest, CancellationToken cancellationToken) =>
        ChangeAsync(Verb.Start, guest, now => ToPower(RoomFor(now), PowerState.On), cancellationToken);

    public Task StopAsync(Guest guest, CancellationToken cancellationToken) =>
        ChangeAsync(Verb.Stop, guest, now => ToPower(now, PowerState.Off), cancellationToken);

    public async Task ShutdownAsync(Guest guest, CancellationToken cancellationToken)
    {
        await ChangeAsync(Verb.Shutdown, guest, now => now with { Transition = Transition.Stopping }, cancellationToken).ConfigureAwait(false);
        estate.ChangeLater(guest.NativeId, ShutdownTime, now => now.Transition == Transition.Stopping ? ToPower(now, PowerState.Off) : now);
    }

    public async Task RebootAsync(Guest guest, CancellationToken cancellationToken)
    {
        await ChangeAsync(Verb.Reboot, guest, now => now with { Transition = Transition.Rebooting }, cancellationToken).ConfigureAwait(false);
        estate.ChangeLater(guest.NativeId, ShutdownTime, now => now.Transition == Transition.Rebooting ? ToPower(now, PowerState.On) : now);
    }

    public Task ResetAsync(Guest guest, CancellationToken cancellationToken) =>
        ChangeAsync(Verb.Reset, guest, now => ToPower(now, PowerState.On), cancellationToken);

    public Task PauseAsync(Guest guest, CancellationToken cancellationToken) =>
        ChangeAsync(Verb.Pause, guest, now => ToPower(now, PowerState.Paused), cancellationToken);

    public Task SuspendAsync(Guest guest, CancellationToken cancellationToken) =>
        ChangeAsync(Verb.Suspend, guest, now => ToPower(now, PowerState.Suspended), cancellationToken);

    public Task ResumeAsync(Guest guest, CancellationToken cancellationToken) =>
        ChangeAsync(Verb.Resume, guest, now => ToPower(now, PowerState.On), cancellationToken);

    public async Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, CancellationToken cancellationToken)
    {
        if (vcpus is < 1 or > MostVcpus)
            throw new ProviderException(ProviderError.InvalidArgument, $"A simulated guest has 1 to {MostVcpus} processors, not {vcpus}.");
        if (memory is < 1 << 20)
            throw new ProviderException(ProviderError.InvalidArgument, $"A simulated guest has at least 1 MiB of memory, not {memory} bytes.");
        await ChangeAsync(
            Verb.Resize,
            guest,
            now => RoomFor(now with { Vcpus = vcpus ?? now.Vcpus, Memory = memory ?? now.Memory }, now.Power is PowerState.On or PowerState.Paused ? now.Memory : 0),
            cancellationToken
        ).ConfigureAwait(false);
        return ResizeOutcome.Applied;
    }

    public async Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, decimal units, CancellationToken cancellationToken)
    {
        if (guest.Entitlement is not { Mode: EntitlementMode.Shared })
            throw new ProviderException(ProviderError.NotCapable, $"'{guest.Name}' is promised no share of processing: it has {(guest.Entitlement is null ? "its processors alone" : "processors of its own")}.");
        if (units > (vcpus ?? guest.Vcpus))
            throw new ProviderException(ProviderError.InvalidArgument, $"{units} processing units are more than the {vcpus ?? guest.Vcpus} virtual processors that would use them.");
        await ChangeAsync(Verb.Resize, guest, now => now with { Entitlement = now.Entitlement! with { Units = units } }, cancellationToken).ConfigureAwait(false);
        return await ResizeAsync(guest, vcpus, memory, cancellationToken).ConfigureAwait(false);
    }

    public Task RenameAsync(Guest guest, string name, CancellationToken cancellationToken)
    {
        if (estate.FindByName(name) is { } other && other.NativeId != guest.NativeId)
            throw new ProviderException(ProviderError.Conflict, $"The simulated estate has a guest '{name}' already.");
        return ChangeAsync(Verb.Rename, guest, now => now with { Name = name }, cancellationToken);
    }

    public Task SetTagsAsync(Guest guest, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken) =>
        ChangeAsync(Verb.Tag, guest, now => now with { Tags = tags }, cancellationToken);

    /// <summary>Judges by the guest as it is now, not as the caller last saw it.</summary>
    private async Task ChangeAsync(Verb verb, Guest guest, Func<Guest, Guest> change, CancellationToken cancellationToken)
    {
        await CallAsync(cancellationToken).ConfigureAwait(false);
        var changed = estate.Change(
            guest.NativeId,
            now =>
            {
                Require(verb, now);
                return change(now);
            }
        );
        if (changed is null)
            throw NoSuchGuest(guest);
    }

    private void Require(Verb verb, Guest guest)
    {
        if (Judge(verb, guest) is { Allowed: false } refused)
            throw new ProviderException(
                refused.Level == ActionLevel.None ? ProviderError.NotCapable : ProviderError.Conflict,
                $"'{guest.Name}': {refused.Reason!.Text}"
            )
            {
                NativeCode = refused.Reason.Code,
            };
    }

    private Guest ToPower(Guest guest, PowerState power)
    {
        estate.TryHost(guest.Host, out var host);
        return guest with { Power = power, Transition = Transition.None, Raw = estate.Layout.PlatformOf(host).Raw(power) };
    }

    /// <param name="guest">As it is to be.</param>
    /// <param name="held">Bytes of the host's memory that it has already.</param>
    private Guest RoomFor(Guest guest, long held = 0)
    {
        if (estate.TryHost(guest.Host, out var host) && estate.Layout.HostMemory - estate.UsedMemory(host) + held < guest.Memory)
            throw new ProviderException(
                ProviderError.CapacityExceeded,
                $"The host {guest.Host} has {(estate.Layout.HostMemory - estate.UsedMemory(host) + held) >> 20} MiB of memory free; '{guest.Name}' needs {guest.Memory >> 20} MiB."
            );
        return guest;
    }
}
