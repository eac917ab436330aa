using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

internal sealed partial class Connection : IGuestPower, IGuestShutdown, IGuestReset, IGuestPause, IGuestSuspend
{
    /// <summary>VIR_DOMAIN_SHUTDOWN_INITCTL and _SIGNAL: what a container's init understands; VMs have a power button.</summary>
    private const uint AskInit = 4 | 8;

    /// <summary>VIR_DOMAIN_REBOOT_INITCTL and _SIGNAL.</summary>
    private const uint RebootInit = 4 | 8;

    public async Task StartAsync(Guest guest, CancellationToken cancellationToken)
    {
        var domain = await ResolveAsync(guest, cancellationToken).ConfigureAwait(false);
        await DoAsync(_client.DomainCreateWithFlagsAsync(domain, 0, cancellationToken), domain, $"start guest '{guest.Name}'").ConfigureAwait(false);
    }

    public async Task StopAsync(Guest guest, CancellationToken cancellationToken)
    {
        var domain = await ResolveAsync(guest, cancellationToken).ConfigureAwait(false);
        await DoAsync(_client.DomainDestroyFlagsAsync(domain, 0, cancellationToken), domain, $"stop guest '{guest.Name}'").ConfigureAwait(false);
    }

    public async Task ShutdownAsync(Guest guest, CancellationToken cancellationToken)
    {
        var domain = await ResolveAsync(guest, cancellationToken).ConfigureAwait(false);
        var flags = _host.Traits.Kind == GuestKind.Container ? AskInit : 0;
        await DoAsync(_client.DomainShutdownFlagsAsync(domain, flags, cancellationToken), domain, $"ask guest '{guest.Name}' to shut down").ConfigureAwait(false);
    }

    public async Task RebootAsync(Guest guest, CancellationToken cancellationToken)
    {
        var domain = await ResolveAsync(guest, cancellationToken).ConfigureAwait(false);
        var flags = _host.Traits.Kind == GuestKind.Container ? RebootInit : 0;
        await DoAsync(_client.DomainRebootAsync(domain, flags, cancellationToken), domain, $"ask guest '{guest.Name}' to reboot").ConfigureAwait(false);
    }

    public async Task ResetAsync(Guest guest, CancellationToken cancellationToken)
    {
        var domain = await ResolveAsync(guest, cancellationToken).ConfigureAwait(false);
        await DoAsync(_client.DomainResetAsync(domain, 0, cancellationToken), domain, $"reset guest '{guest.Name}'").ConfigureAwait(false);
    }

    public async Task PauseAsync(Guest guest, CancellationToken cancellationToken)
    {
        var domain = await ResolveAsync(guest, cancellationToken).ConfigureAwait(false);
        await DoAsync(_client.DomainSuspendAsync(domain, cancellationToken), domain, $"pause guest '{guest.Name}'").ConfigureAwait(false);
    }

    public async Task SuspendAsync(Guest guest, CancellationToken cancellationToken)
    {
        var domain = await ResolveAsync(guest, cancellationToken).ConfigureAwait(false);
        try
        {
            await DoAsync(_client.DomainManagedSaveAsync(domain, 0, cancellationToken), domain, $"suspend guest '{guest.Name}'").ConfigureAwait(false);
        }
        // Where another call works on the guest, what lies there may be what that one is writing.
        catch (ProviderException e) when (_host.Traits.LeavesHalfSaved && e is { OutcomeUnknown: false, Error: not (ProviderError.TimedOut or ProviderError.Conflict) })
        {
            await RemoveHalfSavedAsync(domain, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// libxl leaves what it wrote of a memory that could not be saved (a guest that has not booted far enough to answer),
    /// and the next start would try to go on from it.
    /// </summary>
    private async Task RemoveHalfSavedAsync(DomainRef domain, CancellationToken cancellationToken)
    {
        if (await _daemon.FindGuestAsync(domain.Uuid, cancellationToken).ConfigureAwait(false) is not { Id: >= 0 } on)
            return;
        try
        {
            await _client.DomainManagedSaveRemoveAsync(on, 0, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            return; // There is none.
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, $"remove what was saved of the memory of guest '{domain.Name}', which could not be suspended", mutating: true);
        }
    }

    /// <summary>Goes on in RAM, from sleep, or from the saved memory, by where the guest is now.</summary>
    public async Task ResumeAsync(Guest guest, CancellationToken cancellationToken)
    {
        var domain = await ResolveAsync(guest, cancellationToken).ConfigureAwait(false);
        var doing = $"resume guest '{guest.Name}'";
        var (state, _) = await AskAsync(_client.DomainGetStateAsync(domain, 0, cancellationToken), doing).ConfigureAwait(false);
        // Creating one that has no saved memory would boot it, which nobody asked for.
        if (state == Mapping.ShutOff && !await HasSavedMemoryAsync(domain, doing, cancellationToken).ConfigureAwait(false))
            throw new ProviderException(ProviderError.Conflict, $"Could not {doing}: it is off and has no saved memory. Start it instead.");
        var call = state switch
        {
            Mapping.ShutOff => _client.DomainCreateWithFlagsAsync(domain, 0, cancellationToken),
            Mapping.PmSuspended => _client.DomainPmWakeupAsync(domain, 0, cancellationToken),
            _ => _client.DomainResumeAsync(domain, cancellationToken),
        };
        await DoAsync(call, domain, doing).ConfigureAwait(false);
    }

    private async Task<bool> HasSavedMemoryAsync(DomainRef domain, string doing, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.DomainHasManagedSaveImageAsync(domain, 0, cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e is { Failure: LibvirtFailure.Remote, Code: LibvirtErrorCode.NoSupport })
        {
            return false;
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: false);
        }
    }
}
