// Generated from protocol.table by Wire.Generator: edit that, not this.
#nullable enable
using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire;

internal readonly record struct DomainRef(string Name, Guid Uuid, int Id)
{
    public const int MinimumSize = 24;

    public static DomainRef Decode(ref XdrReader reader)
    {
        var name = reader.String();
        var uuid = reader.Uuid();
        var id = reader.Int();
        return new DomainRef(name, uuid, id);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Name);
        writer.Uuid(Uuid);
        writer.Int(Id);
    }
}

internal readonly record struct NetworkRef(string Name, Guid Uuid)
{
    public const int MinimumSize = 20;

    public static NetworkRef Decode(ref XdrReader reader)
    {
        var name = reader.String();
        var uuid = reader.Uuid();
        return new NetworkRef(name, uuid);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Name);
        writer.Uuid(Uuid);
    }
}

internal readonly record struct PoolRef(string Name, Guid Uuid)
{
    public const int MinimumSize = 20;

    public static PoolRef Decode(ref XdrReader reader)
    {
        var name = reader.String();
        var uuid = reader.Uuid();
        return new PoolRef(name, uuid);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Name);
        writer.Uuid(Uuid);
    }
}

internal readonly record struct VolumeRef(string Pool, string Name, string Key)
{
    public const int MinimumSize = 12;

    public static VolumeRef Decode(ref XdrReader reader)
    {
        var pool = reader.String();
        var name = reader.String();
        var key = reader.String();
        return new VolumeRef(pool, name, key);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Pool);
        writer.String(Name);
        writer.String(Key);
    }
}

internal readonly record struct NodeDeviceRef(string Name)
{
    public const int MinimumSize = 4;

    public static NodeDeviceRef Decode(ref XdrReader reader)
    {
        var name = reader.String();
        return new NodeDeviceRef(name);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Name);
    }
}

internal readonly record struct InterfaceRef(string Name, string Mac)
{
    public const int MinimumSize = 8;

    public static InterfaceRef Decode(ref XdrReader reader)
    {
        var name = reader.String();
        var mac = reader.String();
        return new InterfaceRef(name, mac);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Name);
        writer.String(Mac);
    }
}

internal readonly record struct SnapshotRef(string Name, DomainRef Domain)
{
    public const int MinimumSize = 28;

    public static SnapshotRef Decode(ref XdrReader reader)
    {
        var name = reader.String();
        var domain = DomainRef.Decode(ref reader);
        return new SnapshotRef(name, domain);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Name);
        Domain.Encode(writer);
    }
}

internal readonly record struct CheckpointRef(string Name, DomainRef Domain)
{
    public const int MinimumSize = 28;

    public static CheckpointRef Decode(ref XdrReader reader)
    {
        var name = reader.String();
        var domain = DomainRef.Decode(ref reader);
        return new CheckpointRef(name, domain);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Name);
        Domain.Encode(writer);
    }
}

internal readonly record struct NodeStat(string Field, ulong Value)
{
    public const int MinimumSize = 12;

    public static NodeStat Decode(ref XdrReader reader)
    {
        var field = reader.String();
        var value = reader.ULong();
        return new NodeStat(field, value);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Field);
        writer.ULong(Value);
    }
}

internal readonly record struct DiskError(string Disk, int Error)
{
    public const int MinimumSize = 8;

    public static DiskError Decode(ref XdrReader reader)
    {
        var disk = reader.String();
        var error = reader.Int();
        return new DiskError(disk, error);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Disk);
        writer.Int(Error);
    }
}

internal readonly record struct MemoryStat(int Tag, ulong Value)
{
    public const int MinimumSize = 12;

    public static MemoryStat Decode(ref XdrReader reader)
    {
        var tag = reader.Int();
        var value = reader.ULong();
        return new MemoryStat(tag, value);
    }

    public void Encode(XdrWriter writer)
    {
        writer.Int(Tag);
        writer.ULong(Value);
    }
}

internal readonly record struct DhcpLease(string Iface, long Expirytime, int Type, string? Mac, string? Iaid, string Ipaddr, uint Prefix, string? Hostname, string? Clientid)
{
    public const int MinimumSize = 40;

    public static DhcpLease Decode(ref XdrReader reader)
    {
        var iface = reader.String();
        var expirytime = reader.Long();
        var type = reader.Int();
        var mac = reader.OptionalString();
        var iaid = reader.OptionalString();
        var ipaddr = reader.String();
        var prefix = reader.UInt();
        var hostname = reader.OptionalString();
        var clientid = reader.OptionalString();
        return new DhcpLease(iface, expirytime, type, mac, iaid, ipaddr, prefix, hostname, clientid);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Iface);
        writer.Long(Expirytime);
        writer.Int(Type);
        writer.OptionalString(Mac);
        writer.OptionalString(Iaid);
        writer.String(Ipaddr);
        writer.UInt(Prefix);
        writer.OptionalString(Hostname);
        writer.OptionalString(Clientid);
    }
}

internal readonly record struct DomainStats(DomainRef Domain, TypedParameter[] Params)
{
    public const int MinimumSize = 28;

    public static DomainStats Decode(ref XdrReader reader)
    {
        var domain = DomainRef.Decode(ref reader);
        var @params = reader.TypedParameters(Limits.ConnectGetAllDomainStats);
        return new DomainStats(domain, @params);
    }

    public void Encode(XdrWriter writer)
    {
        Domain.Encode(writer);
        writer.TypedParameters(Params, Limits.ConnectGetAllDomainStats);
    }
}

internal readonly record struct GuestFileSystem(string Mountpoint, string Name, string Fstype, string[] DevAliases)
{
    public const int MinimumSize = 16;

    public static GuestFileSystem Decode(ref XdrReader reader)
    {
        var mountpoint = reader.String();
        var name = reader.String();
        var fstype = reader.String();
        var devAliases = reader.Strings(Limits.DomainFsinfoDisks);
        return new GuestFileSystem(mountpoint, name, fstype, devAliases);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Mountpoint);
        writer.String(Name);
        writer.String(Fstype);
        writer.List(DevAliases, Limits.DomainFsinfoDisks, static (w, x) => w.String(x));
    }
}

internal readonly record struct InterfaceAddress(int Type, string Addr, uint Prefix)
{
    public const int MinimumSize = 12;

    public static InterfaceAddress Decode(ref XdrReader reader)
    {
        var type = reader.Int();
        var addr = reader.String();
        var prefix = reader.UInt();
        return new InterfaceAddress(type, addr, prefix);
    }

    public void Encode(XdrWriter writer)
    {
        writer.Int(Type);
        writer.String(Addr);
        writer.UInt(Prefix);
    }
}

internal readonly record struct GuestInterface(string Name, string? Hwaddr, InterfaceAddress[] Addrs)
{
    public const int MinimumSize = 12;

    public static GuestInterface Decode(ref XdrReader reader)
    {
        var name = reader.String();
        var hwaddr = reader.OptionalString();
        var addrs = reader.List(Limits.DomainIpAddr, InterfaceAddress.MinimumSize, InterfaceAddress.Decode);
        return new GuestInterface(name, hwaddr, addrs);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Name);
        writer.OptionalString(Hwaddr);
        writer.List(Addrs, Limits.DomainIpAddr, static (w, x) => x.Encode(w));
    }
}

internal readonly record struct GraphicsAddress(int Family, string Node, string Service)
{
    public const int MinimumSize = 12;

    public static GraphicsAddress Decode(ref XdrReader reader)
    {
        var family = reader.Int();
        var node = reader.String();
        var service = reader.String();
        return new GraphicsAddress(family, node, service);
    }

    public void Encode(XdrWriter writer)
    {
        writer.Int(Family);
        writer.String(Node);
        writer.String(Service);
    }
}

internal readonly record struct GraphicsIdentity(string Type, string Name)
{
    public const int MinimumSize = 8;

    public static GraphicsIdentity Decode(ref XdrReader reader)
    {
        var type = reader.String();
        var name = reader.String();
        return new GraphicsIdentity(type, name);
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Type);
        writer.String(Name);
    }
}

internal readonly record struct VcpuInfo(uint Number, int State, ulong CpuTime, int Cpu)
{
    public const int MinimumSize = 20;

    public static VcpuInfo Decode(ref XdrReader reader)
    {
        var number = reader.UInt();
        var state = reader.Int();
        var cpuTime = reader.ULong();
        var cpu = reader.Int();
        return new VcpuInfo(number, state, cpuTime, cpu);
    }

    public void Encode(XdrWriter writer)
    {
        writer.UInt(Number);
        writer.Int(State);
        writer.ULong(CpuTime);
        writer.Int(Cpu);
    }
}

internal readonly record struct AuthSaslStartResult(bool Complete, bool Nil, byte[] Data)
{
    public const int MinimumSize = 12;

    public static AuthSaslStartResult Decode(ref XdrReader reader)
    {
        var complete = reader.Flag();
        var nil = reader.Flag();
        var data = reader.Chars(Limits.AuthSaslData);
        return new AuthSaslStartResult(complete, nil, data);
    }
}

internal readonly record struct AuthSaslStepResult(bool Complete, bool Nil, byte[] Data)
{
    public const int MinimumSize = 12;

    public static AuthSaslStepResult Decode(ref XdrReader reader)
    {
        var complete = reader.Flag();
        var nil = reader.Flag();
        var data = reader.Chars(Limits.AuthSaslData);
        return new AuthSaslStepResult(complete, nil, data);
    }
}

internal readonly record struct NodeGetInfoResult(string Model, ulong Memory, int Cpus, int Mhz, int Nodes, int Sockets, int Cores, int Threads)
{
    public const int MinimumSize = 160;

    public static NodeGetInfoResult Decode(ref XdrReader reader)
    {
        var model = reader.FixedText(32);
        var memory = reader.ULong();
        var cpus = reader.Int();
        var mhz = reader.Int();
        var nodes = reader.Int();
        var sockets = reader.Int();
        var cores = reader.Int();
        var threads = reader.Int();
        return new NodeGetInfoResult(model, memory, cpus, mhz, nodes, sockets, cores, threads);
    }
}

internal readonly record struct NodeGetCpuStatsResult(NodeStat[] Params, int Count)
{
    public const int MinimumSize = 8;

    public static NodeGetCpuStatsResult Decode(ref XdrReader reader)
    {
        var @params = reader.List(Limits.NodeCpuStats, NodeStat.MinimumSize, NodeStat.Decode);
        var count = reader.Int();
        return new NodeGetCpuStatsResult(@params, count);
    }
}

internal readonly record struct NodeGetMemoryStatsResult(NodeStat[] Params, int Count)
{
    public const int MinimumSize = 8;

    public static NodeGetMemoryStatsResult Decode(ref XdrReader reader)
    {
        var @params = reader.List(Limits.NodeMemoryStats, NodeStat.MinimumSize, NodeStat.Decode);
        var count = reader.Int();
        return new NodeGetMemoryStatsResult(@params, count);
    }
}

internal readonly record struct NodeGetCpuMapResult(byte[] Cpumap, uint Online)
{
    public const int MinimumSize = 12;

    public static NodeGetCpuMapResult Decode(ref XdrReader reader)
    {
        var cpumap = reader.Bytes(Limits.Cpumap);
        var online = reader.UInt();
        _ = reader.Int();
        return new NodeGetCpuMapResult(cpumap, online);
    }
}

internal readonly record struct NodeGetSecurityModelResult(string Model, string Doi)
{
    public const int MinimumSize = 8;

    public static NodeGetSecurityModelResult Decode(ref XdrReader reader)
    {
        var model = reader.Text(Limits.SecurityModel);
        var doi = reader.Text(Limits.SecurityDoi);
        return new NodeGetSecurityModelResult(model, doi);
    }
}

internal readonly record struct DomainGetStateResult(int State, int Reason)
{
    public const int MinimumSize = 8;

    public static DomainGetStateResult Decode(ref XdrReader reader)
    {
        var state = reader.Int();
        var reason = reader.Int();
        return new DomainGetStateResult(state, reason);
    }
}

internal readonly record struct DomainGetInfoResult(byte State, ulong MaxMem, ulong Memory, ushort NrVirtCpu, ulong CpuTime)
{
    public const int MinimumSize = 32;

    public static DomainGetInfoResult Decode(ref XdrReader reader)
    {
        var state = reader.Byte();
        var maxMem = reader.ULong();
        var memory = reader.ULong();
        var nrVirtCpu = reader.UShort();
        var cpuTime = reader.ULong();
        return new DomainGetInfoResult(state, maxMem, memory, nrVirtCpu, cpuTime);
    }
}

internal readonly record struct DomainGetControlInfoResult(uint State, uint Details, ulong StateTime)
{
    public const int MinimumSize = 16;

    public static DomainGetControlInfoResult Decode(ref XdrReader reader)
    {
        var state = reader.UInt();
        var details = reader.UInt();
        var stateTime = reader.ULong();
        return new DomainGetControlInfoResult(state, details, stateTime);
    }
}

internal readonly record struct DomainGetBlockInfoResult(ulong Allocation, ulong Capacity, ulong Physical)
{
    public const int MinimumSize = 24;

    public static DomainGetBlockInfoResult Decode(ref XdrReader reader)
    {
        var allocation = reader.ULong();
        var capacity = reader.ULong();
        var physical = reader.ULong();
        return new DomainGetBlockInfoResult(allocation, capacity, physical);
    }
}

internal readonly record struct DomainGetVcpusResult(VcpuInfo[] Info, byte[] Cpumaps)
{
    public const int MinimumSize = 8;

    public static DomainGetVcpusResult Decode(ref XdrReader reader)
    {
        var info = reader.List(Limits.Vcpuinfo, VcpuInfo.MinimumSize, VcpuInfo.Decode);
        var cpumaps = reader.Bytes(Limits.Cpumaps);
        return new DomainGetVcpusResult(info, cpumaps);
    }
}

internal readonly record struct DomainGetTimeResult(long Seconds, uint Nseconds)
{
    public const int MinimumSize = 12;

    public static DomainGetTimeResult Decode(ref XdrReader reader)
    {
        var seconds = reader.Long();
        var nseconds = reader.UInt();
        return new DomainGetTimeResult(seconds, nseconds);
    }
}

internal readonly record struct DomainGetBlockJobInfoResult(bool Found, int Type, ulong Bandwidth, ulong Cur, ulong End)
{
    public const int MinimumSize = 32;

    public static DomainGetBlockJobInfoResult Decode(ref XdrReader reader)
    {
        var found = reader.Flag();
        var type = reader.Int();
        var bandwidth = reader.ULong();
        var cur = reader.ULong();
        var end = reader.ULong();
        return new DomainGetBlockJobInfoResult(found, type, bandwidth, cur, end);
    }
}

internal readonly record struct DomainInterfaceStatsResult(long RxBytes, long RxPackets, long RxErrs, long RxDrop, long TxBytes, long TxPackets, long TxErrs, long TxDrop)
{
    public const int MinimumSize = 64;

    public static DomainInterfaceStatsResult Decode(ref XdrReader reader)
    {
        var rxBytes = reader.Long();
        var rxPackets = reader.Long();
        var rxErrs = reader.Long();
        var rxDrop = reader.Long();
        var txBytes = reader.Long();
        var txPackets = reader.Long();
        var txErrs = reader.Long();
        var txDrop = reader.Long();
        return new DomainInterfaceStatsResult(rxBytes, rxPackets, rxErrs, rxDrop, txBytes, txPackets, txErrs, txDrop);
    }
}

internal readonly record struct DomainGetJobInfoResult(int Type, ulong TimeElapsed, ulong TimeRemaining, ulong DataTotal, ulong DataProcessed, ulong DataRemaining, ulong MemTotal, ulong MemProcessed, ulong MemRemaining, ulong FileTotal, ulong FileProcessed, ulong FileRemaining)
{
    public const int MinimumSize = 92;

    public static DomainGetJobInfoResult Decode(ref XdrReader reader)
    {
        var type = reader.Int();
        var timeElapsed = reader.ULong();
        var timeRemaining = reader.ULong();
        var dataTotal = reader.ULong();
        var dataProcessed = reader.ULong();
        var dataRemaining = reader.ULong();
        var memTotal = reader.ULong();
        var memProcessed = reader.ULong();
        var memRemaining = reader.ULong();
        var fileTotal = reader.ULong();
        var fileProcessed = reader.ULong();
        var fileRemaining = reader.ULong();
        return new DomainGetJobInfoResult(type, timeElapsed, timeRemaining, dataTotal, dataProcessed, dataRemaining, memTotal, memProcessed, memRemaining, fileTotal, fileProcessed, fileRemaining);
    }
}

internal readonly record struct DomainGetJobStatsResult(int Type, TypedParameter[] Params)
{
    public const int MinimumSize = 8;

    public static DomainGetJobStatsResult Decode(ref XdrReader reader)
    {
        var type = reader.Int();
        var @params = reader.TypedParameters(Limits.DomainJobStats);
        return new DomainGetJobStatsResult(type, @params);
    }
}

internal readonly record struct DomainMigrateBegin3ParamsResult(byte[] CookieOut, string Xml)
{
    public const int MinimumSize = 8;

    public static DomainMigrateBegin3ParamsResult Decode(ref XdrReader reader)
    {
        var cookieOut = reader.Bytes(Limits.MigrateCookie);
        var xml = reader.String();
        return new DomainMigrateBegin3ParamsResult(cookieOut, xml);
    }
}

internal readonly record struct DomainMigratePrepare3ParamsResult(byte[] CookieOut, string? UriOut)
{
    public const int MinimumSize = 8;

    public static DomainMigratePrepare3ParamsResult Decode(ref XdrReader reader)
    {
        var cookieOut = reader.Bytes(Limits.MigrateCookie);
        var uriOut = reader.OptionalString();
        return new DomainMigratePrepare3ParamsResult(cookieOut, uriOut);
    }
}

internal readonly record struct DomainMigrateFinish3ParamsResult(DomainRef Domain, byte[] CookieOut)
{
    public const int MinimumSize = 28;

    public static DomainMigrateFinish3ParamsResult Decode(ref XdrReader reader)
    {
        var domain = DomainRef.Decode(ref reader);
        var cookieOut = reader.Bytes(Limits.MigrateCookie);
        return new DomainMigrateFinish3ParamsResult(domain, cookieOut);
    }
}

internal readonly record struct StoragePoolGetInfoResult(byte State, ulong Capacity, ulong Allocation, ulong Available)
{
    public const int MinimumSize = 28;

    public static StoragePoolGetInfoResult Decode(ref XdrReader reader)
    {
        var state = reader.Byte();
        var capacity = reader.ULong();
        var allocation = reader.ULong();
        var available = reader.ULong();
        return new StoragePoolGetInfoResult(state, capacity, allocation, available);
    }
}

internal readonly record struct StorageVolGetInfoFlagsResult(byte Type, ulong Capacity, ulong Allocation)
{
    public const int MinimumSize = 20;

    public static StorageVolGetInfoFlagsResult Decode(ref XdrReader reader)
    {
        var type = reader.Byte();
        var capacity = reader.ULong();
        var allocation = reader.ULong();
        return new StorageVolGetInfoFlagsResult(type, capacity, allocation);
    }
}
