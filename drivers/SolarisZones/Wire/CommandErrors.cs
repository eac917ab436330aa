using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Ssh;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>What the commands of a global zone say when they fail, in the contract's words: one table, the first match counts.</summary>
internal static class CommandErrors
{
    private static readonly (string Says, ProviderError Error)[] Words =
    [
        ("no such zone", ProviderError.NotFound),
        ("zone not found", ProviderError.NotFound),
        ("object not found", ProviderError.NotFound),
        ("no such vm", ProviderError.NotFound),
        ("no such snapshot", ProviderError.NotFound),
        ("could not find any snapshots", ProviderError.NotFound),
        ("dataset does not exist", ProviderError.NotFound),
        ("not authorized", ProviderError.PermissionDenied),
        ("permission denied", ProviderError.PermissionDenied),
        ("insufficient privilege", ProviderError.PermissionDenied),
        ("must be root", ProviderError.PermissionDenied),
        ("must be a privileged user", ProviderError.PermissionDenied),
        ("you lack sufficient privilege", ProviderError.PermissionDenied),
        ("not in the global zone", ProviderError.PermissionDenied),
        ("only be executed in the global zone", ProviderError.PermissionDenied),
        ("illegal access", ProviderError.PermissionDenied),
        ("no space left", ProviderError.CapacityExceeded),
        ("out of space", ProviderError.CapacityExceeded),
        ("not enough space", ProviderError.CapacityExceeded),
        ("not enough memory", ProviderError.CapacityExceeded),
        ("insufficient memory", ProviderError.CapacityExceeded),
        ("exceeds the number of cpus", ProviderError.CapacityExceeded),
        ("quota exceeded", ProviderError.QuotaExceeded),
        ("already", ProviderError.Conflict),
        ("must be running", ProviderError.Conflict),
        ("must be installed", ProviderError.Conflict),
        ("must be halted", ProviderError.Conflict),
        ("must be uninstalled", ProviderError.Conflict),
        ("is not running", ProviderError.Conflict),
        ("not running", ProviderError.Conflict),
        ("currently being", ProviderError.Conflict),
        ("busy", ProviderError.Conflict),
        ("conflict", ProviderError.Conflict),
        ("more recent snapshots", ProviderError.Conflict),
        ("dependent clones", ProviderError.Conflict),
        ("in state", ProviderError.Conflict),
        ("not supported", ProviderError.NotCapable),
        ("operation not supported", ProviderError.NotCapable),
        ("brand is not installed", ProviderError.NotCapable),
        ("unknown brand", ProviderError.NotCapable),
        ("invalid brand", ProviderError.NotCapable),
        ("no such file or directory", ProviderError.InvalidArgument),
        ("invalid argument", ProviderError.InvalidArgument),
        ("invalid value", ProviderError.InvalidArgument),
        ("incomplete configuration", ProviderError.InvalidArgument),
    ];

    public static ProviderException Translate(string command, int code, string said, string doing)
    {
        var words = Shorten(SshFailure.Words(said));
        var error = code == 127 ? ProviderError.NotCapable : Of(said);
        return new ProviderException(error, $"Could not {doing}: {command} says '{(words.Length == 0 ? "nothing" : words)}' (exit code {code.ToString(CultureInfo.InvariantCulture)}).{Remedy(error)}")
        {
            NativeCode = string.Create(CultureInfo.InvariantCulture, $"{command}:{code}"),
            NativeMessage = words,
        };
    }

    public static ProviderError Of(string said)
    {
        foreach (var (says, error) in Words)
            if (said.Contains(says, StringComparison.OrdinalIgnoreCase))
                return error;
        return ProviderError.ProviderFault;
    }

    private static string Remedy(ProviderError error) =>
        error == ProviderError.PermissionDenied ? " Sign in as root, or as a user with the rights profiles 'Zone Management', 'Zone Security' and 'ZFS File System Management'." : "";

    private static string Shorten(string text) => text.Length <= 600 ? text : text[..600] + "…";
}
