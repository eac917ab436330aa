using System.Globalization;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.Zvm.Wire;

/// <summary>
/// What the return and reason codes mean to us: one table for the management API, whose codes the connector passes on,
/// and one for the connector's own.
/// </summary>
internal static class ReturnCodes
{
    /// <summary>Of the management API.</summary>
    internal static ProviderError OfSmapi(int rc, int rs) => (rc, rs) switch
    {
        (24, _) => ProviderError.InvalidArgument,
        (100, _) => ProviderError.PermissionDenied,
        (120, _) or (128, _) => ProviderError.AuthenticationFailed,
        (200, 4) or (400, 4) or (404, 8) or (204, 8) or (212, 12) or (212, 40) or (400, 20) or (436, 4) or (8, 3002 or 3003) => ProviderError.NotFound,
        (200, 8 or 12 or 16 or 20 or 24) or (204, 4) or (400, 8 or 12 or 16) or (404, 4 or 12) or (396, 45) or (212, 8 or 36) => ProviderError.Conflict,
        (200, 28 or 32) or (400, 24 or 40) or (4, 3000) or (8, 3000 or 3010) => ProviderError.Conflict,
        (408, 4 or 8 or 12 or 16 or 20) or (396, 1010 or 1157) => ProviderError.CapacityExceeded,
        (500, 4 or 8) or (900, _) => ProviderError.Unreachable,
        (8, 101 or 102) => ProviderError.NotCapable,
        _ => ProviderError.ProviderFault,
    };

    /// <summary>Of the connector.</summary>
    internal static ProviderError OfConnector(int overall, int rc, int rs, int http) => (overall, rc, rs) switch
    {
        (404, _, _) or (410, _, _) => ProviderError.NotFound,
        (409, _, 4 or 20 or 21) => ProviderError.CapacityExceeded,
        (409, _, _) => ProviderError.Conflict,
        (100 or 4, _, _) => ProviderError.InvalidArgument,
        (400, _, _) => ProviderError.InvalidArgument,
        (401, _, _) => ProviderError.AuthenticationFailed,
        (403, _, _) => ProviderError.PermissionDenied,
        (503, _, 1) => ProviderError.Conflict,
        (503 or 101, _, _) or (25, _, _) => ProviderError.Unreachable,
        (99, 99, 413 or 414) => ProviderError.TimedOut,
        (99, 99, 418) => ProviderError.Conflict,
        (300, 300, 14) => ProviderError.InvalidArgument,
        (300, 300, 5 or 6 or 20 or 23) when http == 404 => ProviderError.NotFound,
        (300, 300, 13) => ProviderError.Conflict,
        (300, 300, _) => ProviderError.ProviderFault,
        // The management API's own codes, passed on.
        (8 or 300 or 1, _, _) => OfSmapi(rc, rs),
        _ => http switch
        {
            401 => ProviderError.AuthenticationFailed,
            403 => ProviderError.PermissionDenied,
            404 => ProviderError.NotFound,
            409 => ProviderError.Conflict,
            503 => ProviderError.Unreachable,
            501 => ProviderError.NotCapable,
            _ => ProviderError.ProviderFault,
        },
    };

    /// <summary>What the commonest of the management API's codes say, in words.</summary>
    internal static string Words(int rc, int rs) => (rc, rs) switch
    {
        (24, _) => $"it does not take parameter {rs / 100} of the request",
        (100, 8 or 12 or 16) => "the user is not authorized for this function and target: add it to VSMWORK1 AUTHLIST",
        (100, _) => "the user is not authorized",
        (120, _) => "the user or its password is not accepted, or the password has expired",
        (200, 4) => "there is no such image",
        (200, 8) => "it is logged on already",
        (200, 12) => "it is not logged on",
        (200, 16) => "it is being logged off",
        (204, 4) => "that device exists already",
        (204, 8) => "there is no such device",
        (212, 12 or 40) => "there is no such LAN or virtual switch",
        (396, _) => string.Create(CultureInfo.InvariantCulture, $"CP refused it with message {rs}"),
        (400, 4) => "it is not in the directory",
        (400, 8) => "the directory has it already",
        (400, 12) => "it is locked in the directory",
        (500, _) => "the directory manager is not available",
        (596, _) => string.Create(CultureInfo.InvariantCulture, $"the directory manager refused it with message {rs}"),
        (900, _) => "the management API has an internal error",
        (4, 3000) or (8, 3000) => "it can't be relocated",
        _ => "z/VM refused it",
    };
}
