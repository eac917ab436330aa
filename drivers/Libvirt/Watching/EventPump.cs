using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Libvirt.Inventory;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Watching;

/// <summary>
/// Asks the daemon for events and turns each into a reason to look. Events say that something changed; what it is now
/// is read, so that an event that comes late or out of order does no harm.
/// </summary>
internal sealed class EventPump(LibvirtClient client, DirtySet guestsDirty, DirtySet placesDirty, ChangeWriter changes)
{
    private static readonly DomainEventId[] Common =
    [
        DomainEventId.Lifecycle,
        DomainEventId.Reboot,
        DomainEventId.Watchdog,
        DomainEventId.IoErrorReason,
        DomainEventId.DiskChange,
        DomainEventId.BalloonChange,
        DomainEventId.DeviceRemoved,
        DomainEventId.BlockJob2,
        DomainEventId.AgentLifecycle,
        DomainEventId.DeviceAdded,
        DomainEventId.JobCompleted,
    ];

    /// <summary>Of daemons from 3.0 on.</summary>
    private static readonly DomainEventId[] Newer = [DomainEventId.MetadataChange, DomainEventId.MemoryFailure];

    // virNetworkEventID and virStoragePoolEventID.
    private const int Lifecycle = 0;
    private const int Refresh = 1;

    public async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        await client.SubscribeAsync(Common, cancellationToken).ConfigureAwait(false);
        foreach (var id in Newer)
            await TryAsync(client.ConnectDomainEventCallbackRegisterAnyAsync((int)id, null, cancellationToken)).ConfigureAwait(false);
        await TryAsync(client.ConnectNetworkEventRegisterAnyAsync(Lifecycle, null, cancellationToken)).ConfigureAwait(false);
        await TryAsync(client.ConnectStoragePoolEventRegisterAnyAsync(Lifecycle, null, cancellationToken)).ConfigureAwait(false);
        await TryAsync(client.ConnectStoragePoolEventRegisterAnyAsync(Refresh, null, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Runs until the line ends, and throws then.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var happened in client.ReadEventsAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (happened)
            {
                case EventsLostEvent:
                    guestsDirty.Mark(d => d.All = true);
                    placesDirty.Mark(d => d.Places = true);
                    break;
                case NetworkLifecycleEvent or StoragePoolLifecycleEvent or StoragePoolRefreshEvent:
                    placesDirty.Mark(d => d.Places = true);
                    break;
                case DomainEvent { Domain: var guest } of:
                    guestsDirty.Mark(d => d.Guests.Add(guest.Uuid));
                    if (Words(of) is { } words)
                        await changes.WriteAsync(new Notice(ObjectKind.Guest, GuestFactory.Native(guest), words), cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>What no field of a guest shows, for the event list.</summary>
    private static string? Words(DomainEvent happened) => happened switch
    {
        DomainRebootEvent => "The guest restarted.",
        DomainWatchdogEvent => "The guest's watchdog ran out.",
        DomainIoErrorReasonEvent e => $"I/O error on {e.DevAlias} ({e.SourcePath}): {e.Reason}",
        DomainMemoryFailureEvent => "The host reported failed memory of the guest.",
        _ => null,
    };

    /// <summary>A hypervisor without the event is polled instead.</summary>
    private static async Task TryAsync(Task<int> registration)
    {
        try
        {
            await registration.ConfigureAwait(false);
        }
        catch (LibvirtException e) when (e.Failure == LibvirtFailure.Remote)
        {
            return;
        }
    }
}
