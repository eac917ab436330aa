using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm;

internal partial class Connection : IGuestPower, IGuestShutdown, IGuestReset, IGuestPause, IGuestResize
{
    public Task StartAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(Verb.Start, guest, (system, user) => system.StartAsync(user.UserId, cancellationToken), cancellationToken);

    public Task StopAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(Verb.Stop, guest, (system, user) => system.StopAsync(user.UserId, cancellationToken), cancellationToken);

    public Task ShutdownAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(Verb.Shutdown, guest, (system, user) => system.ShutdownAsync(user.UserId, cancellationToken), cancellationToken);

    public Task RebootAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(Verb.Reboot, guest, (system, user) => system.RebootAsync(user.UserId, cancellationToken), cancellationToken);

    public Task ResetAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(Verb.Reset, guest, (system, user) => system.ResetAsync(user.UserId, cancellationToken), cancellationToken);

    public Task PauseAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(Verb.Pause, guest, async (system, user) =>
        {
            await system.PauseAsync(user.UserId, cancellationToken).ConfigureAwait(false);
            _paused[user.UserId] = 0;
        }, cancellationToken);

    public Task ResumeAsync(Guest guest, CancellationToken cancellationToken) =>
        DoAsync(Verb.Resume, guest, async (system, user) =>
        {
            await system.ResumeAsync(user.UserId, cancellationToken).ConfigureAwait(false);
            _paused.TryRemove(user.UserId, out _);
        }, cancellationToken);

    public async Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, CancellationToken cancellationToken)
    {
        var (user, now, system) = await ForAsync(Verb.Resize, guest, cancellationToken).ConfigureAwait(false);
        Require(user, now, vcpus, memory);
        var running = user.RunsOn is not null;
        try
        {
            if (vcpus is { } count && count != now.Vcpus)
                await system.SetCpusAsync(user.UserId, count, running, cancellationToken).ConfigureAwait(false);
            if (memory is { } bytes && bytes != now.Memory)
                await system.SetMemoryAsync(user.UserId, bytes, running, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _watch.Touch(user.UserId);
        }
        return running && system is SmapiSystem && memory is not null && memory != now.Memory ? ResizeOutcome.AtNextStart : ResizeOutcome.Applied;
    }

    private async Task DoAsync(Verb verb, Guest guest, Func<IZvmSystem, KnownUser, Task> act, CancellationToken cancellationToken)
    {
        var (user, _, system) = await ForAsync(verb, guest, cancellationToken).ConfigureAwait(false);
        try
        {
            await act(system, user).ConfigureAwait(false);
            if (verb is Verb.Stop or Verb.Start or Verb.Reset)
                _paused.TryRemove(user.UserId, out _);
        }
        finally
        {
            _watch.Touch(user.UserId);
        }
    }

    /// <summary>The limits that the directory sets this user, before anything is sent.</summary>
    private static void Require(KnownUser user, Guest now, int? vcpus, long? memory)
    {
        var running = user.RunsOn is not null;
        if (vcpus is < 1)
            throw new ProviderException(ProviderError.InvalidArgument, $"{now.Name} needs at least one processor");
        if (memory is { } asked && (asked < 1 << 20 || asked % (1 << 20) != 0))
            throw new ProviderException(ProviderError.InvalidArgument, $"z/VM gives memory in whole MiB: {asked} bytes are not");
        if (vcpus > user.Entry.MaxVcpus)
            throw new ProviderException(ProviderError.CapacityExceeded, $"{now.Name} may have at most {user.Entry.MaxVcpus} processors: the MACHINE statement of its directory entry says so");
        if (memory > user.Entry.MaxMemory)
            throw new ProviderException(ProviderError.CapacityExceeded, $"{now.Name} may have at most {user.Entry.MaxMemory >> 20} MiB of memory: the USER statement of its directory entry says so");
        if (memory > 9999L << 30)
            throw new ProviderException(ProviderError.CapacityExceeded, $"The cloud connector takes at most 9999 GiB of memory, not {memory >> 30} GiB");
        if (!running)
            return;
        if (vcpus < now.Vcpus)
            throw new ProviderException(ProviderError.Conflict, $"{now.Name} runs with {now.Vcpus} processors: z/VM can't take one away from a running guest. Stop it first");
        if (memory < now.Memory)
            throw new ProviderException(ProviderError.Conflict, $"{now.Name} runs with {now.Memory >> 20} MiB: z/VM can't take memory away from a running guest. Stop it first");
    }
}
