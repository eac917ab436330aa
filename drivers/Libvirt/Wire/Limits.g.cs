// Generated from protocol.table by Wire.Generator: edit that, not this.
#nullable enable

namespace Anyvisor.Drivers.Libvirt.Wire;

internal static class Limits
{
    public const int AuthSaslData = 65536;
    public const int AuthTypeList = 20;
    public const int ConnectCpuModels = 8192;
    public const int ConnectGetAllDomainStats = 262144;
    public const int Cpumaps = 8388608;
    public const int Cpumap = 2048;
    public const int CpuBaseline = 256;
    public const int DomainBlockCopyParameters = 16;
    public const int DomainBlockStatsParameters = 16;
    public const int DomainCheckpointList = 16384;
    public const int DomainDiskErrors = 256;
    public const int DomainEventGraphicsIdentity = 20;
    public const int DomainEventTunable = 2048;
    public const int DomainFsfreezeMountpoints = 256;
    public const int DomainFsinfoDisks = 256;
    public const int DomainFsinfo = 256;
    public const int DomainGuestInfoParams = 2048;
    public const int DomainInterface = 2048;
    public const int DomainIpAddr = 2048;
    public const int DomainJobStats = 64;
    public const int DomainList = 16384;
    public const int DomainMemoryStats = 1024;
    public const int DomainMessages = 2048;
    public const int DomainMigrateParamList = 64;
    public const int DomainSchedulerParameters = 16;
    public const int DomainSendKey = 16;
    public const int DomainSnapshotList = 16384;
    public const int InterfaceList = 16384;
    public const int MigrateCookie = 4194304;
    public const int NetworkDhcpLeases = 65536;
    public const int NetworkList = 16384;
    public const int NodeCpuStats = 16;
    public const int NodeDeviceList = 65536;
    public const int NodeCells = 1024;
    public const int NodeMemoryStats = 16;
    public const int SecurityDoi = 257;
    public const int SecurityModel = 257;
    public const int StoragePoolList = 16384;
    public const int StorageVolList = 16384;
    public const int Vcpuinfo = 16384;
}
