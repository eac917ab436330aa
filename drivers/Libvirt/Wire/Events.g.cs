// Generated from protocol.table by Wire.Generator: edit that, not this.
#nullable enable
using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire;

internal static class EventDecoder
{
    /// <summary>The event of a message of the remote program; null for one that the table does not have.</summary>
    public static LibvirtEvent? Decode(int procedure, ref XdrReader reader) => procedure switch
    {
        318 => DomainLifecycleEvent.Decode(ref reader),
        319 => DomainRebootEvent.Decode(ref reader),
        320 => DomainRtcChangeEvent.Decode(ref reader),
        321 => DomainWatchdogEvent.Decode(ref reader),
        322 => DomainIoErrorEvent.Decode(ref reader),
        323 => DomainGraphicsEvent.Decode(ref reader),
        324 => DomainIoErrorReasonEvent.Decode(ref reader),
        325 => DomainControlErrorEvent.Decode(ref reader),
        326 => DomainBlockJobEvent.Decode(ref reader),
        327 => DomainDiskChangeEvent.Decode(ref reader),
        328 => DomainTrayChangeEvent.Decode(ref reader),
        329 => DomainPmWakeupEvent.Decode(ref reader),
        330 => DomainPmSuspendEvent.Decode(ref reader),
        331 => DomainBalloonChangeEvent.Decode(ref reader),
        332 => DomainPmSuspendDiskEvent.Decode(ref reader),
        333 => DomainDeviceRemovedEvent.Decode(ref reader),
        339 => DomainBlockJob2Event.Decode(ref reader),
        346 => DomainTunableEvent.Decode(ref reader),
        348 => DomainAgentLifecycleEvent.Decode(ref reader),
        354 => DomainDeviceAddedEvent.Decode(ref reader),
        359 => DomainMigrationIterationEvent.Decode(ref reader),
        363 => DomainJobCompletedEvent.Decode(ref reader),
        367 => DomainDeviceRemovalFailedEvent.Decode(ref reader),
        379 => DomainMetadataChangeEvent.Decode(ref reader),
        385 => DomainBlockThresholdEvent.Decode(ref reader),
        423 => DomainMemoryFailureEvent.Decode(ref reader),
        438 => DomainMemoryDeviceSizeChangeEvent.Decode(ref reader),
        362 => ConnectionClosedEvent.Decode(ref reader),
        315 => NetworkLifecycleEvent.Decode(ref reader),
        370 => StoragePoolLifecycleEvent.Decode(ref reader),
        373 => StoragePoolRefreshEvent.Decode(ref reader),
        376 => NodeDeviceLifecycleEvent.Decode(ref reader),
        377 => NodeDeviceUpdateEvent.Decode(ref reader),
        _ => null,
    };
}

internal sealed record DomainLifecycleEvent(int CallbackId, DomainRef Domain, int Event, int Detail) : DomainEvent(Domain)
{
    public static DomainLifecycleEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var @event = reader.Int();
        var detail = reader.Int();
        return new DomainLifecycleEvent(callbackId, domain, @event, detail);
    }
}

internal sealed record DomainRebootEvent(int CallbackId, DomainRef Domain) : DomainEvent(Domain)
{
    public static DomainRebootEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        return new DomainRebootEvent(callbackId, domain);
    }
}

internal sealed record DomainRtcChangeEvent(int CallbackId, DomainRef Domain, long Offset) : DomainEvent(Domain)
{
    public static DomainRtcChangeEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var offset = reader.Long();
        return new DomainRtcChangeEvent(callbackId, domain, offset);
    }
}

internal sealed record DomainWatchdogEvent(int CallbackId, DomainRef Domain, int Action) : DomainEvent(Domain)
{
    public static DomainWatchdogEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var action = reader.Int();
        return new DomainWatchdogEvent(callbackId, domain, action);
    }
}

internal sealed record DomainIoErrorEvent(int CallbackId, DomainRef Domain, string SourcePath, string DevAlias, int Action) : DomainEvent(Domain)
{
    public static DomainIoErrorEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var sourcePath = reader.String();
        var devAlias = reader.String();
        var action = reader.Int();
        return new DomainIoErrorEvent(callbackId, domain, sourcePath, devAlias, action);
    }
}

internal sealed record DomainGraphicsEvent(int CallbackId, DomainRef Domain, int Phase, GraphicsAddress Local, GraphicsAddress Remote, string AuthScheme, GraphicsIdentity[] Subject) : DomainEvent(Domain)
{
    public static DomainGraphicsEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var phase = reader.Int();
        var local = GraphicsAddress.Decode(ref reader);
        var remote = GraphicsAddress.Decode(ref reader);
        var authScheme = reader.String();
        var subject = reader.List(Limits.DomainEventGraphicsIdentity, GraphicsIdentity.MinimumSize, GraphicsIdentity.Decode);
        return new DomainGraphicsEvent(callbackId, domain, phase, local, remote, authScheme, subject);
    }
}

internal sealed record DomainIoErrorReasonEvent(int CallbackId, DomainRef Domain, string SourcePath, string DevAlias, int Action, string Reason) : DomainEvent(Domain)
{
    public static DomainIoErrorReasonEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var sourcePath = reader.String();
        var devAlias = reader.String();
        var action = reader.Int();
        var reason = reader.String();
        return new DomainIoErrorReasonEvent(callbackId, domain, sourcePath, devAlias, action, reason);
    }
}

internal sealed record DomainControlErrorEvent(int CallbackId, DomainRef Domain) : DomainEvent(Domain)
{
    public static DomainControlErrorEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        return new DomainControlErrorEvent(callbackId, domain);
    }
}

internal sealed record DomainBlockJobEvent(int CallbackId, DomainRef Domain, string Path, int Type, int Status) : DomainEvent(Domain)
{
    public static DomainBlockJobEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var path = reader.String();
        var type = reader.Int();
        var status = reader.Int();
        return new DomainBlockJobEvent(callbackId, domain, path, type, status);
    }
}

internal sealed record DomainDiskChangeEvent(int CallbackId, DomainRef Domain, string? OldSrcPath, string? NewSrcPath, string DevAlias, int Reason) : DomainEvent(Domain)
{
    public static DomainDiskChangeEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var oldSrcPath = reader.OptionalString();
        var newSrcPath = reader.OptionalString();
        var devAlias = reader.String();
        var reason = reader.Int();
        return new DomainDiskChangeEvent(callbackId, domain, oldSrcPath, newSrcPath, devAlias, reason);
    }
}

internal sealed record DomainTrayChangeEvent(int CallbackId, DomainRef Domain, string DevAlias, int Reason) : DomainEvent(Domain)
{
    public static DomainTrayChangeEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var devAlias = reader.String();
        var reason = reader.Int();
        return new DomainTrayChangeEvent(callbackId, domain, devAlias, reason);
    }
}

internal sealed record DomainPmWakeupEvent(int CallbackId, int Reason, DomainRef Domain) : DomainEvent(Domain)
{
    public static DomainPmWakeupEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var reason = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        return new DomainPmWakeupEvent(callbackId, reason, domain);
    }
}

internal sealed record DomainPmSuspendEvent(int CallbackId, int Reason, DomainRef Domain) : DomainEvent(Domain)
{
    public static DomainPmSuspendEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var reason = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        return new DomainPmSuspendEvent(callbackId, reason, domain);
    }
}

internal sealed record DomainBalloonChangeEvent(int CallbackId, DomainRef Domain, ulong Actual) : DomainEvent(Domain)
{
    public static DomainBalloonChangeEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var actual = reader.ULong();
        return new DomainBalloonChangeEvent(callbackId, domain, actual);
    }
}

internal sealed record DomainPmSuspendDiskEvent(int CallbackId, int Reason, DomainRef Domain) : DomainEvent(Domain)
{
    public static DomainPmSuspendDiskEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var reason = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        return new DomainPmSuspendDiskEvent(callbackId, reason, domain);
    }
}

internal sealed record DomainDeviceRemovedEvent(int CallbackId, DomainRef Domain, string DevAlias) : DomainEvent(Domain)
{
    public static DomainDeviceRemovedEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var devAlias = reader.String();
        return new DomainDeviceRemovedEvent(callbackId, domain, devAlias);
    }
}

internal sealed record DomainBlockJob2Event(int CallbackId, DomainRef Domain, string Dst, int Type, int Status) : DomainEvent(Domain)
{
    public static DomainBlockJob2Event Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var dst = reader.String();
        var type = reader.Int();
        var status = reader.Int();
        return new DomainBlockJob2Event(callbackId, domain, dst, type, status);
    }
}

internal sealed record DomainTunableEvent(int CallbackId, DomainRef Domain, TypedParameter[] Params) : DomainEvent(Domain)
{
    public static DomainTunableEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var @params = reader.TypedParameters(Limits.DomainEventTunable);
        return new DomainTunableEvent(callbackId, domain, @params);
    }
}

internal sealed record DomainAgentLifecycleEvent(int CallbackId, DomainRef Domain, int State, int Reason) : DomainEvent(Domain)
{
    public static DomainAgentLifecycleEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var state = reader.Int();
        var reason = reader.Int();
        return new DomainAgentLifecycleEvent(callbackId, domain, state, reason);
    }
}

internal sealed record DomainDeviceAddedEvent(int CallbackId, DomainRef Domain, string DevAlias) : DomainEvent(Domain)
{
    public static DomainDeviceAddedEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var devAlias = reader.String();
        return new DomainDeviceAddedEvent(callbackId, domain, devAlias);
    }
}

internal sealed record DomainMigrationIterationEvent(int CallbackId, DomainRef Domain, int Iteration) : DomainEvent(Domain)
{
    public static DomainMigrationIterationEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var iteration = reader.Int();
        return new DomainMigrationIterationEvent(callbackId, domain, iteration);
    }
}

internal sealed record DomainJobCompletedEvent(int CallbackId, DomainRef Domain, TypedParameter[] Params) : DomainEvent(Domain)
{
    public static DomainJobCompletedEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var @params = reader.TypedParameters(Limits.DomainJobStats);
        return new DomainJobCompletedEvent(callbackId, domain, @params);
    }
}

internal sealed record DomainDeviceRemovalFailedEvent(int CallbackId, DomainRef Domain, string DevAlias) : DomainEvent(Domain)
{
    public static DomainDeviceRemovalFailedEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var devAlias = reader.String();
        return new DomainDeviceRemovalFailedEvent(callbackId, domain, devAlias);
    }
}

internal sealed record DomainMetadataChangeEvent(int CallbackId, DomainRef Domain, int Type, string? Nsuri) : DomainEvent(Domain)
{
    public static DomainMetadataChangeEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var type = reader.Int();
        var nsuri = reader.OptionalString();
        return new DomainMetadataChangeEvent(callbackId, domain, type, nsuri);
    }
}

internal sealed record DomainBlockThresholdEvent(int CallbackId, DomainRef Domain, string Dev, string? Path, ulong Threshold, ulong Excess) : DomainEvent(Domain)
{
    public static DomainBlockThresholdEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var dev = reader.String();
        var path = reader.OptionalString();
        var threshold = reader.ULong();
        var excess = reader.ULong();
        return new DomainBlockThresholdEvent(callbackId, domain, dev, path, threshold, excess);
    }
}

internal sealed record DomainMemoryFailureEvent(int CallbackId, DomainRef Domain, int Recipient, int Action, uint Flags) : DomainEvent(Domain)
{
    public static DomainMemoryFailureEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var recipient = reader.Int();
        var action = reader.Int();
        var flags = reader.UInt();
        return new DomainMemoryFailureEvent(callbackId, domain, recipient, action, flags);
    }
}

internal sealed record DomainMemoryDeviceSizeChangeEvent(int CallbackId, DomainRef Domain, string Alias, ulong Size) : DomainEvent(Domain)
{
    public static DomainMemoryDeviceSizeChangeEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var domain = DomainRef.Decode(ref reader);
        var alias = reader.String();
        var size = reader.ULong();
        return new DomainMemoryDeviceSizeChangeEvent(callbackId, domain, alias, size);
    }
}

internal sealed record ConnectionClosedEvent(int Reason) : LibvirtEvent
{
    public static ConnectionClosedEvent Decode(ref XdrReader reader)
    {
        var reason = reader.Int();
        return new ConnectionClosedEvent(reason);
    }
}

internal sealed record NetworkLifecycleEvent(int CallbackId, NetworkRef Net, int Event, int Detail) : LibvirtEvent
{
    public static NetworkLifecycleEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var net = NetworkRef.Decode(ref reader);
        var @event = reader.Int();
        var detail = reader.Int();
        return new NetworkLifecycleEvent(callbackId, net, @event, detail);
    }
}

internal sealed record StoragePoolLifecycleEvent(int CallbackId, PoolRef Pool, int Event, int Detail) : LibvirtEvent
{
    public static StoragePoolLifecycleEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var pool = PoolRef.Decode(ref reader);
        var @event = reader.Int();
        var detail = reader.Int();
        return new StoragePoolLifecycleEvent(callbackId, pool, @event, detail);
    }
}

internal sealed record StoragePoolRefreshEvent(int CallbackId, PoolRef Pool) : LibvirtEvent
{
    public static StoragePoolRefreshEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var pool = PoolRef.Decode(ref reader);
        return new StoragePoolRefreshEvent(callbackId, pool);
    }
}

internal sealed record NodeDeviceLifecycleEvent(int CallbackId, NodeDeviceRef Dev, int Event, int Detail) : LibvirtEvent
{
    public static NodeDeviceLifecycleEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var dev = NodeDeviceRef.Decode(ref reader);
        var @event = reader.Int();
        var detail = reader.Int();
        return new NodeDeviceLifecycleEvent(callbackId, dev, @event, detail);
    }
}

internal sealed record NodeDeviceUpdateEvent(int CallbackId, NodeDeviceRef Dev) : LibvirtEvent
{
    public static NodeDeviceUpdateEvent Decode(ref XdrReader reader)
    {
        var callbackId = reader.Int();
        var dev = NodeDeviceRef.Decode(ref reader);
        return new NodeDeviceUpdateEvent(callbackId, dev);
    }
}
