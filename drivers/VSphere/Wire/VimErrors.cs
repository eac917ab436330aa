using System.Collections.Frozen;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>The system's faults in our closed set of errors: one table.</summary>
internal static class VimErrors
{
    public const string NotAuthenticated = "NotAuthenticated";
    public const string NoSuchObject = "ManagedObjectNotFound";

    public static FrozenDictionary<string, ProviderError> Table { get; } = Build(
        (ProviderError.AuthenticationFailed, ["InvalidLogin", "NotAuthenticated", "InvalidLocale", "PasswordExpired", "UserPasswordExpired", "NoClientCertificate"]),
        (ProviderError.PermissionDenied, ["NoPermission", "SecurityError", "AuthMinimumAdminPermission"]),
        (ProviderError.NotFound, ["ManagedObjectNotFound", "NotFound", "FileNotFound", "UserNotFound", "VAppNotFound"]),
        (ProviderError.Conflict, ["DuplicateName", "AlreadyExists", "FileAlreadyExists", "InvalidPowerState", "InvalidState", "InvalidHostState", "InvalidDatastoreState", "InvalidSnapshotState",
            "TaskInProgress", "ConcurrentAccess", "ResourceInUse", "ResourceNotAvailable", "SnapshotLocked", "VmPowerOnDisabled", "FileLocked", "ToolsUnavailable", "OutOfBounds",
            "QuestionPending", "CannotAccessVmComponent", "VirtualHardwareCompatibilityIssue", "VAppOperationInProgress", "HostInMaintenanceMode", "ActiveVMsBlockingEVC", "DisallowedMigrationDeviceAttached",
            "CannotMoveVmWithDeltaDisk", "DatastoreNotWritableOnHost", "AffinityConfigured", "RDMPointsToInaccessibleDisk", "SnapshotDisabled", "SnapshotIncompatibleDeviceInVm", "MemorySnapshotOnIndependentDisk", "MigrationFault"]),
        (ProviderError.InvalidArgument, ["InvalidArgument", "InvalidName", "InvalidProperty", "InvalidRequest", "InvalidType", "InvalidDeviceSpec", "InvalidVmConfig", "InvalidDatastorePath", "InvalidDatastore", "InvalidFolder",
            "InvalidController", "InvalidDeviceBacking", "InvalidFormat", "InvalidDiskFormat", "InvalidEvent", "InvalidIndexArgument", "InvalidBundle", "UnsupportedGuest", "UnsupportedVmxLocation", "CustomizationFault", "NameTooLong"]),
        (ProviderError.CapacityExceeded, ["InsufficientResourcesFault", "InsufficientCpuResourcesFault", "InsufficientMemoryResourcesFault", "InsufficientHostCapacityFault", "InsufficientHostCpuCapacityFault",
            "InsufficientHostMemoryCapacityFault", "InsufficientStorageSpace", "InsufficientFailoverResourcesFault", "InsufficientGraphicsResourcesFault", "NoDiskSpace", "NotEnoughCpus", "NotEnoughLogicalCpus",
            "MemorySizeNotSupported", "MemorySizeNotSupportedByDatastore", "NumVirtualCpusNotSupported", "NumVirtualCpusExceedsLimit", "NumVirtualCoresPerSocketNotSupported", "FileTooLarge", "DiskTooLarge", "VmLimitLicense", "TooManyHosts"]),
        (ProviderError.QuotaExceeded, ["InsufficientPerCpuCapacity", "LimitExceeded", "TooManySnapshotLevels", "TooManyConcurrentNativeClones", "OutOfQuota"]),
        (ProviderError.NotCapable, ["NotSupported", "NotSupportedHost", "MethodNotFound", "MethodDisabled", "NotImplemented", "RestrictedVersion", "RestrictedByAdministrator", "LicenseRestricted", "NotEnoughLicenses",
            "FeatureRequirementsNotMet", "EVCUnsupportedByHostHardware", "VMotionNotLicensed", "VMotionNotConfigured", "VMotionNotSupported", "StorageVMotionNotSupported", "MissingController", "VmWwnConflict", "InvalidEditionLicense",
            "InaccessibleFTMetadataFile", "LicenseExpired", "ExpiredFeatureLicense", "LicenseEntityNotFound", "CloneFromSnapshotNotSupported", "LinkedCloneNotSupported", "UnsupportedDatastore", "VmConfigIncompatibleForFaultTolerance"]),
        (ProviderError.TimedOut, ["Timedout", "MigrationNotReady"]));

    /// <summary>What the fault means to a caller; what no table knows is the system's failure.</summary>
    public static ProviderError Of(string fault) => Table.TryGetValue(fault, out var error) ? error : ProviderError.ProviderFault;

    /// <param name="fault">What the system said.</param>
    /// <param name="what">The call.</param>
    /// <param name="where">The system.</param>
    public static ProviderException Explain(VimFault fault, string what, string where)
    {
        var said = (fault.Text.Length > 0 ? fault.Text : fault.Type.Length > 0 ? fault.Type : "it gives no reason").TrimEnd('.');
        var details = fault.Details.Length > 0 && !said.Contains(fault.Details, StringComparison.Ordinal) ? $" ({fault.Details})" : "";
        var remedy = fault.Type switch
        {
            "RestrictedVersion" => ". This ESXi's licence lets nobody change anything by its interface: manage it through a vCenter, or give it a licence",
            "NoPermission" => ". Give the user a role with that privilege on it",
            "ToolsUnavailable" => ". VMware Tools do not run in it",
            "MethodDisabled" => ". Another product manages it and has locked the operation",
            _ => "",
        };
        return new ProviderException(Of(fault.Type), $"{where} refused {what}: {said}{details}{remedy}.") { NativeCode = fault.Type.Length > 0 ? fault.Type : "Fault", NativeMessage = fault.Text.Length > 0 ? fault.Text : null };
    }

    private static FrozenDictionary<string, ProviderError> Build(params ReadOnlySpan<(ProviderError Error, string[] Faults)> groups)
    {
        var table = new Dictionary<string, ProviderError>();
        foreach (var (error, faults) in groups)
            foreach (var fault in faults)
                table.Add(fault, error);
        return table.ToFrozenDictionary();
    }
}
