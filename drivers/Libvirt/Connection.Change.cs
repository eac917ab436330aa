using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

internal sealed partial class Connection : IGuestRename, IGuestResize, ITags
{
    // virDomainModificationImpact; virDomainVcpuFlags and virDomainMemoryModFlags have the maximum at 4.
    private const uint Live = 1;
    private const uint Config = 2;
    private const uint Maximum = 4;

    /// <summary>VIR_DOMAIN_METADATA_ELEMENT.</summary>
    private const int MetadataElement = 2;

    public async Task RenameAsync(Guest guest, string name, CancellationToken cancellationToken)
    {
        var domain = await _daemon.GuestAsync(guest, cancellationToken).ConfigureAwait(false);
        if (domain.Name == name)
            return;
        await _daemon.RequireFreeNameAsync(name, cancellationToken).ConfigureAwait(false);
        await DoAsync(_client.DomainRenameAsync(domain, name, 0, cancellationToken), domain, $"rename guest '{guest.Name}' to '{name}'").ConfigureAwait(false);
    }

    public async Task SetTagsAsync(Guest guest, ImmutableDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var (domain, description) = await LiveAsync(guest, cancellationToken).ConfigureAwait(false);
        var persistent = await AskAsync(_client.DomainIsPersistentAsync(domain, cancellationToken), $"read guest '{guest.Name}'").ConfigureAwait(false);
        var impact = (domain.Id >= 0 ? Live : 0) | (persistent ? Config : 0);
        var marks = description.Marks with { Tags = tags };
        await DoAsync(
                _client.DomainSetMetadataAsync(domain, MetadataElement, marks.ToMetadata(), GuestMarks.Prefix, GuestMarks.Namespace, impact, cancellationToken),
                domain,
                $"tag guest '{guest.Name}'"
            )
            .ConfigureAwait(false);
    }

    public async Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, CancellationToken cancellationToken)
    {
        var (domain, description) = await LiveAsync(guest, cancellationToken).ConfigureAwait(false);
        if (vcpus is < 1 || memory is < 1 << 20)
            throw new ProviderException(ProviderError.InvalidArgument, "A guest needs at least one processor and 1 MiB of memory.");
        if (memory > _host.Memory)
            throw new ProviderException(ProviderError.CapacityExceeded, $"{Work.Storage.Size(memory.Value)} of memory are more than the {Work.Storage.Size(_host.Memory)} that {_host.Hostname} has.");
        var persistent = await AskAsync(_client.DomainIsPersistentAsync(domain, cancellationToken), $"read guest '{guest.Name}'").ConfigureAwait(false);
        try
        {
            var outcome = ResizeOutcome.Applied;
            if (vcpus is { } count && await SetVcpusAsync(domain, description, count, persistent, cancellationToken).ConfigureAwait(false) == ResizeOutcome.AtNextStart)
                outcome = ResizeOutcome.AtNextStart;
            if (memory is { } bytes && await SetMemoryAsync(domain, description, bytes, persistent, cancellationToken).ConfigureAwait(false) == ResizeOutcome.AtNextStart)
                outcome = ResizeOutcome.AtNextStart;
            return outcome;
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, $"resize guest '{guest.Name}'", mutating: true);
        }
        finally
        {
            _watch.Touch(domain.Uuid);
        }
    }

    private async Task<ResizeOutcome> SetVcpusAsync(DomainRef domain, DomainDescription description, int vcpus, bool persistent, CancellationToken cancellationToken)
    {
        if (persistent)
            await SetConfigVcpusAsync(domain, vcpus, cancellationToken).ConfigureAwait(false);
        if (domain.Id < 0)
            return ResizeOutcome.Applied;
        if (vcpus > description.MaxVcpus || !await TryLiveAsync(_client.DomainSetVcpusFlagsAsync(domain, (uint)vcpus, Live, cancellationToken), persistent).ConfigureAwait(false))
            return persistent ? ResizeOutcome.AtNextStart : throw NeedsDefinition(domain, $"has room for {description.MaxVcpus} processors");
        return ResizeOutcome.Applied;
    }

    // The count must never be above the maximum: the order depends on the direction.
    private async Task SetConfigVcpusAsync(DomainRef domain, int vcpus, CancellationToken cancellationToken)
    {
        var maximum = await _client.DomainGetVcpusFlagsAsync(domain, Config | Maximum, cancellationToken).ConfigureAwait(false);
        if (vcpus > maximum)
            await _client.DomainSetVcpusFlagsAsync(domain, (uint)vcpus, Config | Maximum, cancellationToken).ConfigureAwait(false);
        await _client.DomainSetVcpusFlagsAsync(domain, (uint)vcpus, Config, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ResizeOutcome> SetMemoryAsync(DomainRef domain, DomainDescription description, long memory, bool persistent, CancellationToken cancellationToken)
    {
        var kib = (ulong)(memory / 1024);
        if (persistent)
            await SetConfigMemoryAsync(domain, kib, cancellationToken).ConfigureAwait(false);
        if (domain.Id < 0)
            return ResizeOutcome.Applied;
        if (memory > description.MaxMemory || !await TryLiveAsync(_client.DomainSetMemoryFlagsAsync(domain, kib, Live, cancellationToken), persistent).ConfigureAwait(false))
            return persistent ? ResizeOutcome.AtNextStart : throw NeedsDefinition(domain, $"can have {Work.Storage.Size(description.MaxMemory)} of memory");
        return ResizeOutcome.Applied;
    }

    // The maximum stays where it is larger: a guest that runs can be given its memory back by its balloon.
    private async Task SetConfigMemoryAsync(DomainRef domain, ulong kib, CancellationToken cancellationToken)
    {
        var defined = DomainReader.Read(await _client.DomainGetXmlDescAsync(domain, 2, cancellationToken).ConfigureAwait(false), domain.Name);
        if (kib > (ulong)(defined.MaxMemory / 1024) || domain.Id < 0)
        {
            // Lowering the maximum lowers the amount with it.
            await _client.DomainSetMemoryFlagsAsync(domain, kib, Config | Maximum, cancellationToken).ConfigureAwait(false);
        }
        await _client.DomainSetMemoryFlagsAsync(domain, kib, Config, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>False when this guest can't do it while it is on and has a definition that will at its next start.</summary>
    private static async Task<bool> TryLiveAsync(Task call, bool persistent)
    {
        try
        {
            await call.ConfigureAwait(false);
            return true;
        }
        catch (LibvirtException e) when (persistent && e.Failure == LibvirtFailure.Remote)
        {
            return false;
        }
    }

    private static ProviderException NeedsDefinition(DomainRef domain, string limit) =>
        new(ProviderError.CapacityExceeded, $"The running guest '{domain.Name}' {limit}, and it is transient: libvirt holds no definition that could be changed for its next start.");
}
