namespace Anyvisor.Drivers.Libvirt.Wire;

/// <summary>Something that the daemon tells unasked; the kinds are in Events.g.cs.</summary>
internal abstract record LibvirtEvent;

/// <summary>An event of one guest.</summary>
internal abstract record DomainEvent(DomainRef Domain) : LibvirtEvent;

/// <summary>
/// <paramref name="Count"/> events could not be kept because nobody read them in time: what is known of the
/// daemon must be read anew. Stands after the events that were kept before the loss.
/// </summary>
internal sealed record EventsLostEvent(long Count) : LibvirtEvent;

/// <summary>libvirt's virDomainEventID.</summary>
internal enum DomainEventId
{
    Lifecycle = 0,
    Reboot = 1,
    RtcChange = 2,
    Watchdog = 3,
    IoError = 4,
    Graphics = 5,
    IoErrorReason = 6,
    ControlError = 7,
    BlockJob = 8,
    DiskChange = 9,
    TrayChange = 10,
    PmWakeup = 11,
    PmSuspend = 12,
    BalloonChange = 13,
    PmSuspendDisk = 14,
    DeviceRemoved = 15,
    BlockJob2 = 16,
    Tunable = 17,
    AgentLifecycle = 18,
    DeviceAdded = 19,
    MigrationIteration = 20,
    JobCompleted = 21,
    DeviceRemovalFailed = 22,
    MetadataChange = 23,
    BlockThreshold = 24,
    MemoryFailure = 25,
    MemoryDeviceSizeChange = 26,
}
