// Generated from protocol.table by Wire.Generator: edit that, not this.
#nullable enable
using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire;

internal sealed partial class LibvirtClient
{
    public Task<int[]> AuthListAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.AuthList, writer, static (ref XdrReader reader) => reader.List(Limits.AuthTypeList, 4, static (ref XdrReader r) => r.Int()), cancellationToken);
    }

    public Task<string> AuthSaslInitAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.AuthSaslInit, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<AuthSaslStartResult> AuthSaslStartAsync(string mech, bool nil, byte[] data, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(mech);
        writer.Flag(nil);
        writer.Chars(data, Limits.AuthSaslData);
        return CallAsync(Procedures.AuthSaslStart, writer, AuthSaslStartResult.Decode, cancellationToken);
    }

    public Task<AuthSaslStepResult> AuthSaslStepAsync(bool nil, byte[] data, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Flag(nil);
        writer.Chars(data, Limits.AuthSaslData);
        return CallAsync(Procedures.AuthSaslStep, writer, AuthSaslStepResult.Decode, cancellationToken);
    }

    public Task<bool> AuthPolkitAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.AuthPolkit, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task ConnectOpenAsync(string? name, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.OptionalString(name);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectOpen, writer, cancellationToken);
    }

    public Task ConnectCloseAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectClose, writer, cancellationToken);
    }

    public Task<bool> ConnectSupportsFeatureAsync(int feature, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(feature);
        return CallAsync(Procedures.ConnectSupportsFeature, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task<string> ConnectGetTypeAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectGetType, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<ulong> ConnectGetVersionAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectGetVersion, writer, static (ref XdrReader reader) => reader.ULong(), cancellationToken);
    }

    public Task<ulong> ConnectGetLibVersionAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectGetLibVersion, writer, static (ref XdrReader reader) => reader.ULong(), cancellationToken);
    }

    public Task<string> ConnectGetHostnameAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectGetHostname, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<string> ConnectGetUriAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectGetUri, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<string> ConnectGetSysinfoAsync(uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectGetSysinfo, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<int> ConnectGetMaxVcpusAsync(string? type, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.OptionalString(type);
        return CallAsync(Procedures.ConnectGetMaxVcpus, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task<string> ConnectGetCapabilitiesAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectGetCapabilities, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<string> ConnectGetDomainCapabilitiesAsync(string? emulatorbin, string? arch, string? machine, string? virttype, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.OptionalString(emulatorbin);
        writer.OptionalString(arch);
        writer.OptionalString(machine);
        writer.OptionalString(virttype);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectGetDomainCapabilities, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<string> ConnectGetStoragePoolCapabilitiesAsync(uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectGetStoragePoolCapabilities, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<string[]> ConnectGetCpuModelNamesAsync(string arch, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(arch);
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectGetCpuModelNames, writer, static (ref XdrReader reader) => { var kept = reader.Strings(Limits.ConnectCpuModels); _ = reader.Int(); return kept; }, cancellationToken);
    }

    public Task<bool> ConnectIsSecureAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectIsSecure, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task<int> ConnectCompareCpuAsync(string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectCompareCpu, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task<string> ConnectBaselineCpuAsync(string[] cpus, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.List(cpus, Limits.CpuBaseline, static (w, x) => w.String(x));
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectBaselineCpu, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<int> ConnectCompareHypervisorCpuAsync(string? emulator, string? arch, string? machine, string? virttype, string cpu, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.OptionalString(emulator);
        writer.OptionalString(arch);
        writer.OptionalString(machine);
        writer.OptionalString(virttype);
        writer.String(cpu);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectCompareHypervisorCpu, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task<string> ConnectBaselineHypervisorCpuAsync(string? emulator, string? arch, string? machine, string? virttype, string[] cpus, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.OptionalString(emulator);
        writer.OptionalString(arch);
        writer.OptionalString(machine);
        writer.OptionalString(virttype);
        writer.List(cpus, Limits.CpuBaseline, static (w, x) => w.String(x));
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectBaselineHypervisorCpu, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task ConnectRegisterCloseCallbackAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectRegisterCloseCallback, writer, cancellationToken);
    }

    public Task ConnectUnregisterCloseCallbackAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectUnregisterCloseCallback, writer, cancellationToken);
    }

    public Task<NodeGetInfoResult> NodeGetInfoAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.NodeGetInfo, writer, NodeGetInfoResult.Decode, cancellationToken);
    }

    public Task<NodeGetCpuStatsResult> NodeGetCpuStatsAsync(int cpuNum, int nparams, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(cpuNum);
        writer.Int(nparams);
        writer.UInt(flags);
        return CallAsync(Procedures.NodeGetCpuStats, writer, NodeGetCpuStatsResult.Decode, cancellationToken);
    }

    public Task<NodeGetMemoryStatsResult> NodeGetMemoryStatsAsync(int nparams, int cellNum, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(nparams);
        writer.Int(cellNum);
        writer.UInt(flags);
        return CallAsync(Procedures.NodeGetMemoryStats, writer, NodeGetMemoryStatsResult.Decode, cancellationToken);
    }

    public Task<ulong[]> NodeGetCellsFreeMemoryAsync(int startCell, int maxcells, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(startCell);
        writer.Int(maxcells);
        return CallAsync(Procedures.NodeGetCellsFreeMemory, writer, static (ref XdrReader reader) => reader.List(Limits.NodeCells, 8, static (ref XdrReader r) => r.ULong()), cancellationToken);
    }

    public Task<ulong> NodeGetFreeMemoryAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.NodeGetFreeMemory, writer, static (ref XdrReader reader) => reader.ULong(), cancellationToken);
    }

    public Task<ulong[]> NodeGetFreePagesAsync(uint[] pages, int startCell, uint cellCount, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.List(pages, Limits.NodeCells, static (w, x) => w.UInt(x));
        writer.Int(startCell);
        writer.UInt(cellCount);
        writer.UInt(flags);
        return CallAsync(Procedures.NodeGetFreePages, writer, static (ref XdrReader reader) => reader.List(Limits.NodeCells, 8, static (ref XdrReader r) => r.ULong()), cancellationToken);
    }

    public Task<NodeGetCpuMapResult> NodeGetCpuMapAsync(bool needMap, bool needOnline, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Flag(needMap);
        writer.Flag(needOnline);
        writer.UInt(flags);
        return CallAsync(Procedures.NodeGetCpuMap, writer, NodeGetCpuMapResult.Decode, cancellationToken);
    }

    public Task<NodeGetSecurityModelResult> NodeGetSecurityModelAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.NodeGetSecurityModel, writer, NodeGetSecurityModelResult.Decode, cancellationToken);
    }

    public Task<NodeDeviceRef[]> ConnectListAllNodeDevicesAsync(uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectListAllNodeDevices, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.NodeDeviceList, NodeDeviceRef.MinimumSize, NodeDeviceRef.Decode); _ = reader.UInt(); return kept; }, cancellationToken);
    }

    public Task<NodeDeviceRef> NodeDeviceLookupByNameAsync(string name, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(name);
        return CallAsync(Procedures.NodeDeviceLookupByName, writer, static (ref XdrReader reader) => NodeDeviceRef.Decode(ref reader), cancellationToken);
    }

    public Task<string> NodeDeviceGetXmlDescAsync(string name, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(name);
        writer.UInt(flags);
        return CallAsync(Procedures.NodeDeviceGetXmlDesc, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<InterfaceRef[]> ConnectListAllInterfacesAsync(uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectListAllInterfaces, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.InterfaceList, InterfaceRef.MinimumSize, InterfaceRef.Decode); _ = reader.UInt(); return kept; }, cancellationToken);
    }

    public Task<string> InterfaceGetXmlDescAsync(InterfaceRef iface, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        iface.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.InterfaceGetXmlDesc, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<DomainRef[]> ConnectListAllDomainsAsync(uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectListAllDomains, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.DomainList, DomainRef.MinimumSize, DomainRef.Decode); _ = reader.UInt(); return kept; }, cancellationToken);
    }

    public Task<int> ConnectNumOfDomainsAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectNumOfDomains, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task<int> ConnectNumOfDefinedDomainsAsync(CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        return CallAsync(Procedures.ConnectNumOfDefinedDomains, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task<int[]> ConnectListDomainsAsync(int maxids, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(maxids);
        return CallAsync(Procedures.ConnectListDomains, writer, static (ref XdrReader reader) => reader.List(Limits.DomainList, 4, static (ref XdrReader r) => r.Int()), cancellationToken);
    }

    public Task<string[]> ConnectListDefinedDomainsAsync(int maxnames, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(maxnames);
        return CallAsync(Procedures.ConnectListDefinedDomains, writer, static (ref XdrReader reader) => reader.Strings(Limits.DomainList), cancellationToken);
    }

    public Task<DomainStats[]> ConnectGetAllDomainStatsAsync(DomainRef[] domains, uint stats, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.List(domains, Limits.DomainList, static (w, x) => x.Encode(w));
        writer.UInt(stats);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectGetAllDomainStats, writer, static (ref XdrReader reader) => reader.List(Limits.DomainList, DomainStats.MinimumSize, DomainStats.Decode), cancellationToken);
    }

    public Task<DomainRef> DomainLookupByIdAsync(int id, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(id);
        return CallAsync(Procedures.DomainLookupById, writer, static (ref XdrReader reader) => DomainRef.Decode(ref reader), cancellationToken);
    }

    public Task<DomainRef> DomainLookupByNameAsync(string name, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(name);
        return CallAsync(Procedures.DomainLookupByName, writer, static (ref XdrReader reader) => DomainRef.Decode(ref reader), cancellationToken);
    }

    public Task<DomainRef> DomainLookupByUuidAsync(Guid uuid, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Uuid(uuid);
        return CallAsync(Procedures.DomainLookupByUuid, writer, static (ref XdrReader reader) => DomainRef.Decode(ref reader), cancellationToken);
    }

    public Task<string> DomainGetXmlDescAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetXmlDesc, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<DomainGetStateResult> DomainGetStateAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetState, writer, DomainGetStateResult.Decode, cancellationToken);
    }

    public Task<DomainGetInfoResult> DomainGetInfoAsync(DomainRef domain, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        return CallAsync(Procedures.DomainGetInfo, writer, DomainGetInfoResult.Decode, cancellationToken);
    }

    public Task<DomainGetControlInfoResult> DomainGetControlInfoAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetControlInfo, writer, DomainGetControlInfoResult.Decode, cancellationToken);
    }

    public Task<bool> DomainIsActiveAsync(DomainRef domain, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        return CallAsync(Procedures.DomainIsActive, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task<bool> DomainIsPersistentAsync(DomainRef domain, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        return CallAsync(Procedures.DomainIsPersistent, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task<DomainGetBlockInfoResult> DomainGetBlockInfoAsync(DomainRef domain, string path, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(path);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetBlockInfo, writer, DomainGetBlockInfoResult.Decode, cancellationToken);
    }

    public Task<MemoryStat[]> DomainMemoryStatsAsync(DomainRef domain, uint maxStats, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(maxStats);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainMemoryStats, writer, static (ref XdrReader reader) => reader.List(Limits.DomainMemoryStats, MemoryStat.MinimumSize, MemoryStat.Decode), cancellationToken);
    }

    public Task<GuestInterface[]> DomainInterfaceAddressesAsync(DomainRef domain, uint source, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(source);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainInterfaceAddresses, writer, static (ref XdrReader reader) => reader.List(Limits.DomainInterface, GuestInterface.MinimumSize, GuestInterface.Decode), cancellationToken);
    }

    public Task<DiskError[]> DomainGetDiskErrorsAsync(DomainRef domain, uint maxerrors, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(maxerrors);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetDiskErrors, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.DomainDiskErrors, DiskError.MinimumSize, DiskError.Decode); _ = reader.Int(); return kept; }, cancellationToken);
    }

    public Task<string[]> DomainGetMessagesAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetMessages, writer, static (ref XdrReader reader) => reader.Strings(Limits.DomainMessages), cancellationToken);
    }

    public Task<bool> DomainGetAutostartAsync(DomainRef domain, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        return CallAsync(Procedures.DomainGetAutostart, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task<string> DomainGetMetadataAsync(DomainRef domain, int type, string? uri, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.Int(type);
        writer.OptionalString(uri);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetMetadata, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<DomainGetVcpusResult> DomainGetVcpusAsync(DomainRef domain, int maxinfo, int maplen, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.Int(maxinfo);
        writer.Int(maplen);
        return CallAsync(Procedures.DomainGetVcpus, writer, DomainGetVcpusResult.Decode, cancellationToken);
    }

    public Task<int> DomainGetVcpusFlagsAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetVcpusFlags, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task<string> DomainGetHostnameAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetHostname, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<TypedParameter[]> DomainGetGuestInfoAsync(DomainRef domain, uint types, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(types);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetGuestInfo, writer, static (ref XdrReader reader) => reader.TypedParameters(Limits.DomainGuestInfoParams), cancellationToken);
    }

    public Task<GuestFileSystem[]> DomainGetFsInfoAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetFsInfo, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.DomainFsinfo, GuestFileSystem.MinimumSize, GuestFileSystem.Decode); _ = reader.UInt(); return kept; }, cancellationToken);
    }

    public Task<DomainGetTimeResult> DomainGetTimeAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetTime, writer, DomainGetTimeResult.Decode, cancellationToken);
    }

    public Task<string> ConnectDomainXmlFromNativeAsync(string nativeFormat, string nativeConfig, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(nativeFormat);
        writer.String(nativeConfig);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectDomainXmlFromNative, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<string> ConnectDomainXmlToNativeAsync(string nativeFormat, string domainXml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(nativeFormat);
        writer.String(domainXml);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectDomainXmlToNative, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<DomainRef> DomainDefineXmlFlagsAsync(string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainDefineXmlFlags, writer, static (ref XdrReader reader) => DomainRef.Decode(ref reader), cancellationToken);
    }

    public Task<DomainRef> DomainCreateXmlAsync(string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainCreateXml, writer, static (ref XdrReader reader) => DomainRef.Decode(ref reader), cancellationToken);
    }

    public Task<DomainRef> DomainCreateWithFlagsAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainCreateWithFlags, writer, static (ref XdrReader reader) => DomainRef.Decode(ref reader), cancellationToken);
    }

    public Task DomainShutdownFlagsAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainShutdownFlags, writer, cancellationToken);
    }

    public Task DomainRebootAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainReboot, writer, cancellationToken);
    }

    public Task DomainResetAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainReset, writer, cancellationToken);
    }

    public Task DomainDestroyFlagsAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainDestroyFlags, writer, cancellationToken);
    }

    public Task DomainSuspendAsync(DomainRef domain, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        return CallAsync(Procedures.DomainSuspend, writer, cancellationToken);
    }

    public Task DomainResumeAsync(DomainRef domain, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        return CallAsync(Procedures.DomainResume, writer, cancellationToken);
    }

    public Task DomainSaveFlagsAsync(DomainRef domain, string to, string? dxml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(to);
        writer.OptionalString(dxml);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSaveFlags, writer, cancellationToken);
    }

    public Task DomainRestoreFlagsAsync(string @from, string? dxml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(@from);
        writer.OptionalString(dxml);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainRestoreFlags, writer, cancellationToken);
    }

    public Task DomainManagedSaveAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainManagedSave, writer, cancellationToken);
    }

    public Task<bool> DomainHasManagedSaveImageAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainHasManagedSaveImage, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task DomainManagedSaveRemoveAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainManagedSaveRemove, writer, cancellationToken);
    }

    public Task<string> DomainManagedSaveGetXmlDescAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainManagedSaveGetXmlDesc, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task DomainPmSuspendForDurationAsync(DomainRef domain, uint target, ulong duration, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(target);
        writer.ULong(duration);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainPmSuspendForDuration, writer, cancellationToken);
    }

    public Task DomainPmWakeupAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainPmWakeup, writer, cancellationToken);
    }

    public Task DomainUndefineFlagsAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainUndefineFlags, writer, cancellationToken);
    }

    public Task DomainCoreDumpWithFormatAsync(DomainRef domain, string to, uint dumpformat, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(to);
        writer.UInt(dumpformat);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainCoreDumpWithFormat, writer, cancellationToken);
    }

    public Task DomainSetMaxMemoryAsync(DomainRef domain, ulong memory, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.ULong(memory);
        return CallAsync(Procedures.DomainSetMaxMemory, writer, cancellationToken);
    }

    public Task DomainSetMemoryFlagsAsync(DomainRef domain, ulong memory, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.ULong(memory);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSetMemoryFlags, writer, cancellationToken);
    }

    public Task DomainSetMemoryStatsPeriodAsync(DomainRef domain, int period, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.Int(period);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSetMemoryStatsPeriod, writer, cancellationToken);
    }

    public Task DomainSetVcpusFlagsAsync(DomainRef domain, uint nvcpus, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(nvcpus);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSetVcpusFlags, writer, cancellationToken);
    }

    public Task DomainSetMetadataAsync(DomainRef domain, int type, string? metadata, string? key, string? uri, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.Int(type);
        writer.OptionalString(metadata);
        writer.OptionalString(key);
        writer.OptionalString(uri);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSetMetadata, writer, cancellationToken);
    }

    public Task<int> DomainRenameAsync(DomainRef domain, string? newName, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.OptionalString(newName);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainRename, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task DomainSetAutostartAsync(DomainRef domain, bool autostart, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.Flag(autostart);
        return CallAsync(Procedures.DomainSetAutostart, writer, cancellationToken);
    }

    public Task DomainAttachDeviceFlagsAsync(DomainRef domain, string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainAttachDeviceFlags, writer, cancellationToken);
    }

    public Task DomainDetachDeviceFlagsAsync(DomainRef domain, string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainDetachDeviceFlags, writer, cancellationToken);
    }

    public Task DomainDetachDeviceAliasAsync(DomainRef domain, string alias, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(alias);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainDetachDeviceAlias, writer, cancellationToken);
    }

    public Task DomainUpdateDeviceFlagsAsync(DomainRef domain, string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainUpdateDeviceFlags, writer, cancellationToken);
    }

    public Task DomainSetSchedulerParametersFlagsAsync(DomainRef domain, TypedParameter[] @params, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.TypedParameters(@params, Limits.DomainSchedulerParameters);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSetSchedulerParametersFlags, writer, cancellationToken);
    }

    public Task<TypedParameter[]> DomainGetSchedulerParametersFlagsAsync(DomainRef domain, int nparams, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.Int(nparams);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetSchedulerParametersFlags, writer, static (ref XdrReader reader) => reader.TypedParameters(Limits.DomainSchedulerParameters), cancellationToken);
    }

    public Task DomainSetTimeAsync(DomainRef domain, long seconds, uint nseconds, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.Long(seconds);
        writer.UInt(nseconds);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSetTime, writer, cancellationToken);
    }

    public Task DomainSetUserPasswordAsync(DomainRef domain, string? user, string? password, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.OptionalString(user);
        writer.OptionalString(password);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSetUserPassword, writer, cancellationToken);
    }

    public Task<int> DomainAgentSetResponseTimeoutAsync(DomainRef domain, int timeout, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.Int(timeout);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainAgentSetResponseTimeout, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task<int> DomainFsfreezeAsync(DomainRef domain, string[] mountpoints, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.List(mountpoints, Limits.DomainFsfreezeMountpoints, static (w, x) => w.String(x));
        writer.UInt(flags);
        return CallAsync(Procedures.DomainFsfreeze, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task<int> DomainFsthawAsync(DomainRef domain, string[] mountpoints, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.List(mountpoints, Limits.DomainFsfreezeMountpoints, static (w, x) => w.String(x));
        writer.UInt(flags);
        return CallAsync(Procedures.DomainFsthaw, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task DomainFstrimAsync(DomainRef domain, string? mountPoint, ulong minimum, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.OptionalString(mountPoint);
        writer.ULong(minimum);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainFstrim, writer, cancellationToken);
    }

    public Task DomainInjectNmiAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainInjectNmi, writer, cancellationToken);
    }

    public Task DomainSendKeyAsync(DomainRef domain, uint codeset, uint holdtime, uint[] keycodes, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(codeset);
        writer.UInt(holdtime);
        writer.List(keycodes, Limits.DomainSendKey, static (w, x) => w.UInt(x));
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSendKey, writer, cancellationToken);
    }

    public Task<SnapshotRef[]> DomainListAllSnapshotsAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainListAllSnapshots, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.DomainSnapshotList, SnapshotRef.MinimumSize, SnapshotRef.Decode); _ = reader.Int(); return kept; }, cancellationToken);
    }

    public Task<SnapshotRef> DomainSnapshotCreateXmlAsync(DomainRef domain, string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSnapshotCreateXml, writer, static (ref XdrReader reader) => SnapshotRef.Decode(ref reader), cancellationToken);
    }

    public Task<string> DomainSnapshotGetXmlDescAsync(SnapshotRef snap, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        snap.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSnapshotGetXmlDesc, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<SnapshotRef> DomainSnapshotLookupByNameAsync(DomainRef domain, string name, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(name);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSnapshotLookupByName, writer, static (ref XdrReader reader) => SnapshotRef.Decode(ref reader), cancellationToken);
    }

    public Task<bool> DomainHasCurrentSnapshotAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainHasCurrentSnapshot, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task<SnapshotRef> DomainSnapshotCurrentAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSnapshotCurrent, writer, static (ref XdrReader reader) => SnapshotRef.Decode(ref reader), cancellationToken);
    }

    public Task<SnapshotRef> DomainSnapshotGetParentAsync(SnapshotRef snap, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        snap.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSnapshotGetParent, writer, static (ref XdrReader reader) => SnapshotRef.Decode(ref reader), cancellationToken);
    }

    public Task<SnapshotRef[]> DomainSnapshotListAllChildrenAsync(SnapshotRef snapshot, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        snapshot.Encode(writer);
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSnapshotListAllChildren, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.DomainSnapshotList, SnapshotRef.MinimumSize, SnapshotRef.Decode); _ = reader.Int(); return kept; }, cancellationToken);
    }

    public Task<bool> DomainSnapshotIsCurrentAsync(SnapshotRef snap, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        snap.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSnapshotIsCurrent, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task DomainRevertToSnapshotAsync(SnapshotRef snap, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        snap.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainRevertToSnapshot, writer, cancellationToken);
    }

    public Task DomainSnapshotDeleteAsync(SnapshotRef snap, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        snap.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSnapshotDelete, writer, cancellationToken);
    }

    public Task<CheckpointRef[]> DomainListAllCheckpointsAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainListAllCheckpoints, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.DomainCheckpointList, CheckpointRef.MinimumSize, CheckpointRef.Decode); _ = reader.Int(); return kept; }, cancellationToken);
    }

    public Task<CheckpointRef> DomainCheckpointCreateXmlAsync(DomainRef domain, string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainCheckpointCreateXml, writer, static (ref XdrReader reader) => CheckpointRef.Decode(ref reader), cancellationToken);
    }

    public Task<string> DomainCheckpointGetXmlDescAsync(CheckpointRef checkpoint, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        checkpoint.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainCheckpointGetXmlDesc, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<CheckpointRef> DomainCheckpointLookupByNameAsync(DomainRef domain, string name, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(name);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainCheckpointLookupByName, writer, static (ref XdrReader reader) => CheckpointRef.Decode(ref reader), cancellationToken);
    }

    public Task<CheckpointRef> DomainCheckpointGetParentAsync(CheckpointRef checkpoint, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        checkpoint.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainCheckpointGetParent, writer, static (ref XdrReader reader) => CheckpointRef.Decode(ref reader), cancellationToken);
    }

    public Task<CheckpointRef[]> DomainCheckpointListAllChildrenAsync(CheckpointRef checkpoint, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        checkpoint.Encode(writer);
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainCheckpointListAllChildren, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.DomainCheckpointList, CheckpointRef.MinimumSize, CheckpointRef.Decode); _ = reader.Int(); return kept; }, cancellationToken);
    }

    public Task DomainCheckpointDeleteAsync(CheckpointRef checkpoint, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        checkpoint.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainCheckpointDelete, writer, cancellationToken);
    }

    public Task DomainBackupBeginAsync(DomainRef domain, string backupXml, string? checkpointXml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(backupXml);
        writer.OptionalString(checkpointXml);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainBackupBegin, writer, cancellationToken);
    }

    public Task<string> DomainBackupGetXmlDescAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainBackupGetXmlDesc, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task DomainBlockCopyAsync(DomainRef domain, string path, string destxml, TypedParameter[] @params, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(path);
        writer.String(destxml);
        writer.TypedParameters(@params, Limits.DomainBlockCopyParameters);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainBlockCopy, writer, cancellationToken);
    }

    public Task DomainBlockCommitAsync(DomainRef domain, string disk, string? @base, string? top, ulong bandwidth, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(disk);
        writer.OptionalString(@base);
        writer.OptionalString(top);
        writer.ULong(bandwidth);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainBlockCommit, writer, cancellationToken);
    }

    public Task DomainBlockPullAsync(DomainRef domain, string path, ulong bandwidth, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(path);
        writer.ULong(bandwidth);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainBlockPull, writer, cancellationToken);
    }

    public Task DomainBlockRebaseAsync(DomainRef domain, string path, string? @base, ulong bandwidth, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(path);
        writer.OptionalString(@base);
        writer.ULong(bandwidth);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainBlockRebase, writer, cancellationToken);
    }

    public Task DomainBlockResizeAsync(DomainRef domain, string disk, ulong size, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(disk);
        writer.ULong(size);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainBlockResize, writer, cancellationToken);
    }

    public Task DomainBlockJobAbortAsync(DomainRef domain, string path, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(path);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainBlockJobAbort, writer, cancellationToken);
    }

    public Task<DomainGetBlockJobInfoResult> DomainGetBlockJobInfoAsync(DomainRef domain, string path, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(path);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetBlockJobInfo, writer, DomainGetBlockJobInfoResult.Decode, cancellationToken);
    }

    public Task DomainBlockJobSetSpeedAsync(DomainRef domain, string path, ulong bandwidth, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(path);
        writer.ULong(bandwidth);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainBlockJobSetSpeed, writer, cancellationToken);
    }

    public Task DomainSetBlockThresholdAsync(DomainRef domain, string dev, ulong threshold, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(dev);
        writer.ULong(threshold);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainSetBlockThreshold, writer, cancellationToken);
    }

    public Task<TypedParameter[]> DomainBlockStatsFlagsAsync(DomainRef domain, string path, int nparams, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(path);
        writer.Int(nparams);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainBlockStatsFlags, writer, static (ref XdrReader reader) => { var kept = reader.TypedParameters(Limits.DomainBlockStatsParameters); _ = reader.Int(); return kept; }, cancellationToken);
    }

    public Task<DomainInterfaceStatsResult> DomainInterfaceStatsAsync(DomainRef domain, string device, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(device);
        return CallAsync(Procedures.DomainInterfaceStats, writer, DomainInterfaceStatsResult.Decode, cancellationToken);
    }

    public Task<DomainGetJobInfoResult> DomainGetJobInfoAsync(DomainRef domain, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        return CallAsync(Procedures.DomainGetJobInfo, writer, DomainGetJobInfoResult.Decode, cancellationToken);
    }

    public Task<DomainGetJobStatsResult> DomainGetJobStatsAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainGetJobStats, writer, DomainGetJobStatsResult.Decode, cancellationToken);
    }

    public Task DomainAbortJobAsync(DomainRef domain, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        return CallAsync(Procedures.DomainAbortJob, writer, cancellationToken);
    }

    public Task<DomainMigrateBegin3ParamsResult> DomainMigrateBegin3ParamsAsync(DomainRef domain, TypedParameter[] @params, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.TypedParameters(@params, Limits.DomainMigrateParamList);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainMigrateBegin3Params, writer, DomainMigrateBegin3ParamsResult.Decode, cancellationToken);
    }

    public Task<DomainMigratePrepare3ParamsResult> DomainMigratePrepare3ParamsAsync(TypedParameter[] @params, byte[] cookieIn, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.TypedParameters(@params, Limits.DomainMigrateParamList);
        writer.Bytes(cookieIn, Limits.MigrateCookie);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainMigratePrepare3Params, writer, DomainMigratePrepare3ParamsResult.Decode, cancellationToken);
    }

    public Task<byte[]> DomainMigratePerform3ParamsAsync(DomainRef domain, string? dconnuri, TypedParameter[] @params, byte[] cookieIn, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.OptionalString(dconnuri);
        writer.TypedParameters(@params, Limits.DomainMigrateParamList);
        writer.Bytes(cookieIn, Limits.MigrateCookie);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainMigratePerform3Params, writer, static (ref XdrReader reader) => reader.Bytes(Limits.MigrateCookie), cancellationToken);
    }

    public Task<DomainMigrateFinish3ParamsResult> DomainMigrateFinish3ParamsAsync(TypedParameter[] @params, byte[] cookieIn, uint flags, bool cancelled, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.TypedParameters(@params, Limits.DomainMigrateParamList);
        writer.Bytes(cookieIn, Limits.MigrateCookie);
        writer.UInt(flags);
        writer.Flag(cancelled);
        return CallAsync(Procedures.DomainMigrateFinish3Params, writer, DomainMigrateFinish3ParamsResult.Decode, cancellationToken);
    }

    public Task DomainMigrateConfirm3ParamsAsync(DomainRef domain, TypedParameter[] @params, byte[] cookieIn, uint flags, bool cancelled, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.TypedParameters(@params, Limits.DomainMigrateParamList);
        writer.Bytes(cookieIn, Limits.MigrateCookie);
        writer.UInt(flags);
        writer.Flag(cancelled);
        return CallAsync(Procedures.DomainMigrateConfirm3Params, writer, cancellationToken);
    }

    public Task DomainMigrateSetMaxDowntimeAsync(DomainRef domain, ulong downtime, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.ULong(downtime);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainMigrateSetMaxDowntime, writer, cancellationToken);
    }

    public Task<ulong> DomainMigrateGetMaxDowntimeAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainMigrateGetMaxDowntime, writer, static (ref XdrReader reader) => reader.ULong(), cancellationToken);
    }

    public Task DomainMigrateSetMaxSpeedAsync(DomainRef domain, ulong bandwidth, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.ULong(bandwidth);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainMigrateSetMaxSpeed, writer, cancellationToken);
    }

    public Task<ulong> DomainMigrateGetMaxSpeedAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainMigrateGetMaxSpeed, writer, static (ref XdrReader reader) => reader.ULong(), cancellationToken);
    }

    public Task DomainMigrateStartPostCopyAsync(DomainRef domain, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.DomainMigrateStartPostCopy, writer, cancellationToken);
    }

    private static XdrWriter DomainOpenConsoleArguments(DomainRef domain, string? devName, uint flags)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.OptionalString(devName);
        writer.UInt(flags);
        return writer;
    }

    private static XdrWriter DomainOpenChannelArguments(DomainRef domain, string? name, uint flags)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.OptionalString(name);
        writer.UInt(flags);
        return writer;
    }

    private static XdrWriter DomainScreenshotArguments(DomainRef domain, uint screen, uint flags)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.UInt(screen);
        writer.UInt(flags);
        return writer;
    }

    public Task<NetworkRef[]> ConnectListAllNetworksAsync(uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectListAllNetworks, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.NetworkList, NetworkRef.MinimumSize, NetworkRef.Decode); _ = reader.UInt(); return kept; }, cancellationToken);
    }

    public Task<NetworkRef> NetworkLookupByNameAsync(string name, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(name);
        return CallAsync(Procedures.NetworkLookupByName, writer, static (ref XdrReader reader) => NetworkRef.Decode(ref reader), cancellationToken);
    }

    public Task<NetworkRef> NetworkLookupByUuidAsync(Guid uuid, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Uuid(uuid);
        return CallAsync(Procedures.NetworkLookupByUuid, writer, static (ref XdrReader reader) => NetworkRef.Decode(ref reader), cancellationToken);
    }

    public Task<string> NetworkGetXmlDescAsync(NetworkRef net, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        net.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.NetworkGetXmlDesc, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<NetworkRef> NetworkDefineXmlAsync(string xml, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(xml);
        return CallAsync(Procedures.NetworkDefineXml, writer, static (ref XdrReader reader) => NetworkRef.Decode(ref reader), cancellationToken);
    }

    public Task<NetworkRef> NetworkCreateXmlAsync(string xml, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(xml);
        return CallAsync(Procedures.NetworkCreateXml, writer, static (ref XdrReader reader) => NetworkRef.Decode(ref reader), cancellationToken);
    }

    public Task NetworkCreateAsync(NetworkRef net, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        net.Encode(writer);
        return CallAsync(Procedures.NetworkCreate, writer, cancellationToken);
    }

    public Task NetworkDestroyAsync(NetworkRef net, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        net.Encode(writer);
        return CallAsync(Procedures.NetworkDestroy, writer, cancellationToken);
    }

    public Task NetworkUndefineAsync(NetworkRef net, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        net.Encode(writer);
        return CallAsync(Procedures.NetworkUndefine, writer, cancellationToken);
    }

    public Task NetworkUpdateAsync(NetworkRef net, uint command, uint section, int parentIndex, string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        net.Encode(writer);
        writer.UInt(command);
        writer.UInt(section);
        writer.Int(parentIndex);
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.NetworkUpdate, writer, cancellationToken);
    }

    public Task<string> NetworkGetBridgeNameAsync(NetworkRef net, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        net.Encode(writer);
        return CallAsync(Procedures.NetworkGetBridgeName, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<bool> NetworkGetAutostartAsync(NetworkRef net, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        net.Encode(writer);
        return CallAsync(Procedures.NetworkGetAutostart, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task NetworkSetAutostartAsync(NetworkRef net, bool autostart, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        net.Encode(writer);
        writer.Flag(autostart);
        return CallAsync(Procedures.NetworkSetAutostart, writer, cancellationToken);
    }

    public Task<bool> NetworkIsActiveAsync(NetworkRef net, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        net.Encode(writer);
        return CallAsync(Procedures.NetworkIsActive, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task<bool> NetworkIsPersistentAsync(NetworkRef net, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        net.Encode(writer);
        return CallAsync(Procedures.NetworkIsPersistent, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task<DhcpLease[]> NetworkGetDhcpLeasesAsync(NetworkRef net, string? mac, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        net.Encode(writer);
        writer.OptionalString(mac);
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.NetworkGetDhcpLeases, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.NetworkDhcpLeases, DhcpLease.MinimumSize, DhcpLease.Decode); _ = reader.UInt(); return kept; }, cancellationToken);
    }

    public Task<PoolRef[]> ConnectListAllStoragePoolsAsync(uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.ConnectListAllStoragePools, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.StoragePoolList, PoolRef.MinimumSize, PoolRef.Decode); _ = reader.UInt(); return kept; }, cancellationToken);
    }

    public Task<PoolRef> StoragePoolLookupByNameAsync(string name, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(name);
        return CallAsync(Procedures.StoragePoolLookupByName, writer, static (ref XdrReader reader) => PoolRef.Decode(ref reader), cancellationToken);
    }

    public Task<PoolRef> StoragePoolLookupByUuidAsync(Guid uuid, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Uuid(uuid);
        return CallAsync(Procedures.StoragePoolLookupByUuid, writer, static (ref XdrReader reader) => PoolRef.Decode(ref reader), cancellationToken);
    }

    public Task<PoolRef> StoragePoolLookupByVolumeAsync(VolumeRef vol, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        vol.Encode(writer);
        return CallAsync(Procedures.StoragePoolLookupByVolume, writer, static (ref XdrReader reader) => PoolRef.Decode(ref reader), cancellationToken);
    }

    public Task<PoolRef> StoragePoolLookupByTargetPathAsync(string path, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(path);
        return CallAsync(Procedures.StoragePoolLookupByTargetPath, writer, static (ref XdrReader reader) => PoolRef.Decode(ref reader), cancellationToken);
    }

    public Task<PoolRef> StoragePoolDefineXmlAsync(string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.StoragePoolDefineXml, writer, static (ref XdrReader reader) => PoolRef.Decode(ref reader), cancellationToken);
    }

    public Task<PoolRef> StoragePoolCreateXmlAsync(string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.StoragePoolCreateXml, writer, static (ref XdrReader reader) => PoolRef.Decode(ref reader), cancellationToken);
    }

    public Task StoragePoolBuildAsync(PoolRef pool, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.StoragePoolBuild, writer, cancellationToken);
    }

    public Task StoragePoolCreateAsync(PoolRef pool, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.StoragePoolCreate, writer, cancellationToken);
    }

    public Task StoragePoolDestroyAsync(PoolRef pool, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        return CallAsync(Procedures.StoragePoolDestroy, writer, cancellationToken);
    }

    public Task StoragePoolDeleteAsync(PoolRef pool, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.StoragePoolDelete, writer, cancellationToken);
    }

    public Task StoragePoolUndefineAsync(PoolRef pool, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        return CallAsync(Procedures.StoragePoolUndefine, writer, cancellationToken);
    }

    public Task StoragePoolRefreshAsync(PoolRef pool, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.StoragePoolRefresh, writer, cancellationToken);
    }

    public Task<StoragePoolGetInfoResult> StoragePoolGetInfoAsync(PoolRef pool, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        return CallAsync(Procedures.StoragePoolGetInfo, writer, StoragePoolGetInfoResult.Decode, cancellationToken);
    }

    public Task<string> StoragePoolGetXmlDescAsync(PoolRef pool, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.StoragePoolGetXmlDesc, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<bool> StoragePoolGetAutostartAsync(PoolRef pool, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        return CallAsync(Procedures.StoragePoolGetAutostart, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task StoragePoolSetAutostartAsync(PoolRef pool, bool autostart, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        writer.Flag(autostart);
        return CallAsync(Procedures.StoragePoolSetAutostart, writer, cancellationToken);
    }

    public Task<bool> StoragePoolIsActiveAsync(PoolRef pool, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        return CallAsync(Procedures.StoragePoolIsActive, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task<bool> StoragePoolIsPersistentAsync(PoolRef pool, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        return CallAsync(Procedures.StoragePoolIsPersistent, writer, static (ref XdrReader reader) => reader.Flag(), cancellationToken);
    }

    public Task<int> StoragePoolNumOfVolumesAsync(PoolRef pool, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        return CallAsync(Procedures.StoragePoolNumOfVolumes, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task<VolumeRef[]> StoragePoolListAllVolumesAsync(PoolRef pool, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        writer.Int(1);
        writer.UInt(flags);
        return CallAsync(Procedures.StoragePoolListAllVolumes, writer, static (ref XdrReader reader) => { var kept = reader.List(Limits.StorageVolList, VolumeRef.MinimumSize, VolumeRef.Decode); _ = reader.UInt(); return kept; }, cancellationToken);
    }

    public Task<VolumeRef> StorageVolLookupByNameAsync(PoolRef pool, string name, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        writer.String(name);
        return CallAsync(Procedures.StorageVolLookupByName, writer, static (ref XdrReader reader) => VolumeRef.Decode(ref reader), cancellationToken);
    }

    public Task<VolumeRef> StorageVolLookupByKeyAsync(string key, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(key);
        return CallAsync(Procedures.StorageVolLookupByKey, writer, static (ref XdrReader reader) => VolumeRef.Decode(ref reader), cancellationToken);
    }

    public Task<VolumeRef> StorageVolLookupByPathAsync(string path, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.String(path);
        return CallAsync(Procedures.StorageVolLookupByPath, writer, static (ref XdrReader reader) => VolumeRef.Decode(ref reader), cancellationToken);
    }

    public Task<VolumeRef> StorageVolCreateXmlAsync(PoolRef pool, string xml, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        writer.String(xml);
        writer.UInt(flags);
        return CallAsync(Procedures.StorageVolCreateXml, writer, static (ref XdrReader reader) => VolumeRef.Decode(ref reader), cancellationToken);
    }

    public Task<VolumeRef> StorageVolCreateXmlFromAsync(PoolRef pool, string xml, VolumeRef clonevol, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        pool.Encode(writer);
        writer.String(xml);
        clonevol.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.StorageVolCreateXmlFrom, writer, static (ref XdrReader reader) => VolumeRef.Decode(ref reader), cancellationToken);
    }

    public Task StorageVolDeleteAsync(VolumeRef vol, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        vol.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.StorageVolDelete, writer, cancellationToken);
    }

    public Task StorageVolResizeAsync(VolumeRef vol, ulong capacity, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        vol.Encode(writer);
        writer.ULong(capacity);
        writer.UInt(flags);
        return CallAsync(Procedures.StorageVolResize, writer, cancellationToken);
    }

    public Task<StorageVolGetInfoFlagsResult> StorageVolGetInfoFlagsAsync(VolumeRef vol, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        vol.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.StorageVolGetInfoFlags, writer, StorageVolGetInfoFlagsResult.Decode, cancellationToken);
    }

    public Task<string> StorageVolGetXmlDescAsync(VolumeRef vol, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        vol.Encode(writer);
        writer.UInt(flags);
        return CallAsync(Procedures.StorageVolGetXmlDesc, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<string> StorageVolGetPathAsync(VolumeRef vol, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        vol.Encode(writer);
        return CallAsync(Procedures.StorageVolGetPath, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    private static XdrWriter StorageVolUploadArguments(VolumeRef vol, ulong offset, ulong length, uint flags)
    {
        var writer = new XdrWriter();
        vol.Encode(writer);
        writer.ULong(offset);
        writer.ULong(length);
        writer.UInt(flags);
        return writer;
    }

    private static XdrWriter StorageVolDownloadArguments(VolumeRef vol, ulong offset, ulong length, uint flags)
    {
        var writer = new XdrWriter();
        vol.Encode(writer);
        writer.ULong(offset);
        writer.ULong(length);
        writer.UInt(flags);
        return writer;
    }

    public Task<int> ConnectDomainEventCallbackRegisterAnyAsync(int eventId, DomainRef? domain, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(eventId);
        writer.Optional(domain, static (w, x) => x.Encode(w));
        return CallAsync(Procedures.ConnectDomainEventCallbackRegisterAny, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task ConnectDomainEventCallbackDeregisterAnyAsync(int callbackId, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(callbackId);
        return CallAsync(Procedures.ConnectDomainEventCallbackDeregisterAny, writer, cancellationToken);
    }

    public Task<int> ConnectNetworkEventRegisterAnyAsync(int eventId, NetworkRef? net, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(eventId);
        writer.Optional(net, static (w, x) => x.Encode(w));
        return CallAsync(Procedures.ConnectNetworkEventRegisterAny, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task ConnectNetworkEventDeregisterAnyAsync(int callbackId, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(callbackId);
        return CallAsync(Procedures.ConnectNetworkEventDeregisterAny, writer, cancellationToken);
    }

    public Task<int> ConnectStoragePoolEventRegisterAnyAsync(int eventId, PoolRef? pool, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(eventId);
        writer.Optional(pool, static (w, x) => x.Encode(w));
        return CallAsync(Procedures.ConnectStoragePoolEventRegisterAny, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task ConnectStoragePoolEventDeregisterAnyAsync(int callbackId, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(callbackId);
        return CallAsync(Procedures.ConnectStoragePoolEventDeregisterAny, writer, cancellationToken);
    }

    public Task<int> ConnectNodeDeviceEventRegisterAnyAsync(int eventId, NodeDeviceRef? dev, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(eventId);
        writer.Optional(dev, static (w, x) => x.Encode(w));
        return CallAsync(Procedures.ConnectNodeDeviceEventRegisterAny, writer, static (ref XdrReader reader) => reader.Int(), cancellationToken);
    }

    public Task ConnectNodeDeviceEventDeregisterAnyAsync(int callbackId, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        writer.Int(callbackId);
        return CallAsync(Procedures.ConnectNodeDeviceEventDeregisterAny, writer, cancellationToken);
    }

    public Task<string> QemuMonitorCommandAsync(DomainRef domain, string cmd, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(cmd);
        writer.UInt(flags);
        return CallAsync(Procedures.QemuMonitorCommand, writer, static (ref XdrReader reader) => reader.String(), cancellationToken);
    }

    public Task<string?> QemuAgentCommandAsync(DomainRef domain, string cmd, int timeout, uint flags, CancellationToken cancellationToken)
    {
        var writer = new XdrWriter();
        domain.Encode(writer);
        writer.String(cmd);
        writer.Int(timeout);
        writer.UInt(flags);
        return CallAsync(Procedures.QemuAgentCommand, writer, static (ref XdrReader reader) => reader.OptionalString(), cancellationToken);
    }
}
