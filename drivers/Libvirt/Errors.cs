using System.Collections.Frozen;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Wire;

namespace Anyvisor.Drivers.Libvirt;

/// <summary>libvirt's error numbers in the contract's closed set: the one table.</summary>
internal static class Errors
{
    private static readonly FrozenDictionary<LibvirtErrorCode, ProviderError> Codes = new Dictionary<LibvirtErrorCode, ProviderError>
    {
        [LibvirtErrorCode.Ok] = ProviderError.ProviderFault,
        [LibvirtErrorCode.InternalError] = ProviderError.ProviderFault,
        [LibvirtErrorCode.NoMemory] = ProviderError.CapacityExceeded,
        [LibvirtErrorCode.NoSupport] = ProviderError.NotCapable,
        [LibvirtErrorCode.UnknownHost] = ProviderError.Unreachable,
        [LibvirtErrorCode.NoConnect] = ProviderError.Unreachable,
        [LibvirtErrorCode.InvalidConn] = ProviderError.Unreachable,
        [LibvirtErrorCode.InvalidDomain] = ProviderError.NotFound,
        [LibvirtErrorCode.InvalidArg] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.OperationFailed] = ProviderError.ProviderFault,
        [LibvirtErrorCode.GetFailed] = ProviderError.ProviderFault,
        [LibvirtErrorCode.PostFailed] = ProviderError.ProviderFault,
        [LibvirtErrorCode.HttpError] = ProviderError.ProviderFault,
        [LibvirtErrorCode.SexprSerial] = ProviderError.ProviderFault,
        [LibvirtErrorCode.NoXen] = ProviderError.NotCapable,
        [LibvirtErrorCode.XenCall] = ProviderError.ProviderFault,
        [LibvirtErrorCode.OsType] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.NoKernel] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.NoRoot] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.NoSource] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.NoTarget] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.NoName] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.NoOs] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.NoDevice] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.NoXenstore] = ProviderError.NotCapable,
        [LibvirtErrorCode.DriverFull] = ProviderError.CapacityExceeded,
        [LibvirtErrorCode.CallFailed] = ProviderError.NotCapable,
        [LibvirtErrorCode.XmlError] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.DomainExists] = ProviderError.Conflict,
        [LibvirtErrorCode.OperationDenied] = ProviderError.PermissionDenied,
        [LibvirtErrorCode.OpenFailed] = ProviderError.ProviderFault,
        [LibvirtErrorCode.ReadFailed] = ProviderError.ProviderFault,
        [LibvirtErrorCode.ParseFailed] = ProviderError.ProviderFault,
        [LibvirtErrorCode.ConfSyntax] = ProviderError.ProviderFault,
        [LibvirtErrorCode.WriteFailed] = ProviderError.ProviderFault,
        [LibvirtErrorCode.XmlDetail] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.InvalidNetwork] = ProviderError.NotFound,
        [LibvirtErrorCode.NetworkExist] = ProviderError.Conflict,
        [LibvirtErrorCode.SystemError] = ProviderError.ProviderFault,
        [LibvirtErrorCode.Rpc] = ProviderError.ProtocolViolation,
        [LibvirtErrorCode.GnutlsError] = ProviderError.Unreachable,
        [LibvirtErrorCode.NoDomain] = ProviderError.NotFound,
        [LibvirtErrorCode.NoNetwork] = ProviderError.NotFound,
        [LibvirtErrorCode.InvalidMac] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.AuthFailed] = ProviderError.AuthenticationFailed,
        [LibvirtErrorCode.InvalidStoragePool] = ProviderError.NotFound,
        [LibvirtErrorCode.InvalidStorageVol] = ProviderError.NotFound,
        [LibvirtErrorCode.NoStoragePool] = ProviderError.NotFound,
        [LibvirtErrorCode.NoStorageVol] = ProviderError.NotFound,
        [LibvirtErrorCode.InvalidNodeDevice] = ProviderError.NotFound,
        [LibvirtErrorCode.NoNodeDevice] = ProviderError.NotFound,
        [LibvirtErrorCode.NoSecurityModel] = ProviderError.NotFound,
        [LibvirtErrorCode.OperationInvalid] = ProviderError.Conflict,
        [LibvirtErrorCode.NoInterface] = ProviderError.NotFound,
        [LibvirtErrorCode.InvalidInterface] = ProviderError.NotFound,
        [LibvirtErrorCode.MultipleInterfaces] = ProviderError.Conflict,
        [LibvirtErrorCode.InvalidNwfilter] = ProviderError.NotFound,
        [LibvirtErrorCode.NoNwfilter] = ProviderError.NotFound,
        [LibvirtErrorCode.BuildFirewall] = ProviderError.ProviderFault,
        [LibvirtErrorCode.InvalidSecret] = ProviderError.NotFound,
        [LibvirtErrorCode.NoSecret] = ProviderError.NotFound,
        [LibvirtErrorCode.ConfigUnsupported] = ProviderError.NotCapable,
        [LibvirtErrorCode.OperationTimeout] = ProviderError.TimedOut,
        [LibvirtErrorCode.MigratePersistFailed] = ProviderError.ProviderFault,
        [LibvirtErrorCode.HookScriptFailed] = ProviderError.ProviderFault,
        [LibvirtErrorCode.InvalidDomainSnapshot] = ProviderError.NotFound,
        [LibvirtErrorCode.NoDomainSnapshot] = ProviderError.NotFound,
        [LibvirtErrorCode.InvalidStream] = ProviderError.ProtocolViolation,
        [LibvirtErrorCode.ArgumentUnsupported] = ProviderError.NotCapable,
        [LibvirtErrorCode.StorageProbeFailed] = ProviderError.ProviderFault,
        [LibvirtErrorCode.StoragePoolBuilt] = ProviderError.Conflict,
        [LibvirtErrorCode.SnapshotRevertRisky] = ProviderError.Conflict,
        [LibvirtErrorCode.OperationAborted] = ProviderError.Conflict,
        [LibvirtErrorCode.AuthCancelled] = ProviderError.AuthenticationFailed,
        [LibvirtErrorCode.NoDomainMetadata] = ProviderError.NotFound,
        [LibvirtErrorCode.MigrateUnsafe] = ProviderError.Conflict,
        [LibvirtErrorCode.Overflow] = ProviderError.CapacityExceeded,
        [LibvirtErrorCode.BlockCopyActive] = ProviderError.Conflict,
        [LibvirtErrorCode.OperationUnsupported] = ProviderError.NotCapable,
        [LibvirtErrorCode.Ssh] = ProviderError.Unreachable,
        [LibvirtErrorCode.AgentUnresponsive] = ProviderError.TimedOut,
        [LibvirtErrorCode.ResourceBusy] = ProviderError.Conflict,
        [LibvirtErrorCode.AccessDenied] = ProviderError.PermissionDenied,
        [LibvirtErrorCode.DbusService] = ProviderError.ProviderFault,
        [LibvirtErrorCode.StorageVolExist] = ProviderError.Conflict,
        [LibvirtErrorCode.CpuIncompatible] = ProviderError.NotCapable,
        [LibvirtErrorCode.XmlInvalidSchema] = ProviderError.InvalidArgument,
        [LibvirtErrorCode.MigrateFinishOk] = ProviderError.ProviderFault,
        [LibvirtErrorCode.AuthUnavailable] = ProviderError.AuthenticationFailed,
        [LibvirtErrorCode.NoServer] = ProviderError.NotFound,
        [LibvirtErrorCode.NoClient] = ProviderError.NotFound,
        [LibvirtErrorCode.AgentUnsynced] = ProviderError.TimedOut,
        [LibvirtErrorCode.Libssh] = ProviderError.Unreachable,
        [LibvirtErrorCode.DeviceMissing] = ProviderError.NotFound,
        [LibvirtErrorCode.InvalidNwfilterBinding] = ProviderError.NotFound,
        [LibvirtErrorCode.NoNwfilterBinding] = ProviderError.NotFound,
        [LibvirtErrorCode.InvalidDomainCheckpoint] = ProviderError.NotFound,
        [LibvirtErrorCode.NoDomainCheckpoint] = ProviderError.NotFound,
        [LibvirtErrorCode.NoDomainBackup] = ProviderError.NotFound,
        [LibvirtErrorCode.InvalidNetworkPort] = ProviderError.NotFound,
        [LibvirtErrorCode.NetworkPortExist] = ProviderError.Conflict,
        [LibvirtErrorCode.NoNetworkPort] = ProviderError.NotFound,
        [LibvirtErrorCode.NoHostname] = ProviderError.NotFound,
        [LibvirtErrorCode.CheckpointInconsistent] = ProviderError.Conflict,
        [LibvirtErrorCode.MultipleDomains] = ProviderError.Conflict,
    }.ToFrozenDictionary();

    /// <summary>
    /// libvirt says many things as 'operation failed' or 'internal error' and the cause in words of the C library or
    /// QEMU, which are not translated on the daemon's side of the protocol.
    /// </summary>
    private static readonly (string Words, ProviderError Error)[] Causes =
    [
        ("No space left on device", ProviderError.CapacityExceeded),
        ("Disk quota exceeded", ProviderError.QuotaExceeded),
        ("Cannot allocate memory", ProviderError.CapacityExceeded),
        ("cannot set up guest memory", ProviderError.CapacityExceeded),
        ("not enough free memory", ProviderError.CapacityExceeded),
        ("unable to allocate", ProviderError.CapacityExceeded),
        ("Permission denied", ProviderError.PermissionDenied),
        ("already exists", ProviderError.Conflict),
        ("already in use", ProviderError.Conflict),
        ("is already running", ProviderError.Conflict),
        ("not running", ProviderError.Conflict),
        ("is still being", ProviderError.Conflict),
        ("No such file or directory", ProviderError.NotFound),
    ];

    internal static bool Maps(LibvirtErrorCode code) => Codes.ContainsKey(code);

    /// <param name="e">What the client threw.</param>
    /// <param name="doing">What was being done, to follow 'could not': <c>start guest 'web1'</c>.</param>
    /// <param name="mutating">Whether the call changes something, so that a lost answer leaves the outcome open.</param>
    public static ProviderException Translate(LibvirtException e, string doing, bool mutating) =>
        new(Classify(e), $"Could not {doing}: {e.Message}", e)
        {
            NativeCode = e.Failure is LibvirtFailure.Remote or LibvirtFailure.Authentication && e.Code != LibvirtErrorCode.Ok
                ? string.Create(CultureInfo.InvariantCulture, $"{(int)e.Code} {e.Code}")
                : null,
            NativeMessage = e.Message,
            OutcomeUnknown = mutating && e.Failure is LibvirtFailure.Transport or LibvirtFailure.Protocol,
        };

    internal static ProviderError Classify(LibvirtException e) => e.Failure switch
    {
        LibvirtFailure.Transport => ProviderError.Unreachable,
        LibvirtFailure.Protocol => ProviderError.ProtocolViolation,
        LibvirtFailure.Authentication or LibvirtFailure.HostIdentity => ProviderError.AuthenticationFailed,
        LibvirtFailure.InvalidArgument => ProviderError.InvalidArgument,
        LibvirtFailure.NotCapable => ProviderError.NotCapable,
        _ => Remote(e.Code, e.Message),
    };

    internal static ProviderError Remote(LibvirtErrorCode code, string message)
    {
        if (code is LibvirtErrorCode.OperationFailed or LibvirtErrorCode.InternalError or LibvirtErrorCode.SystemError)
            foreach (var (words, error) in Causes)
                if (message.Contains(words, StringComparison.OrdinalIgnoreCase))
                    return error;
        return Codes.GetValueOrDefault(code, ProviderError.ProviderFault);
    }
}
