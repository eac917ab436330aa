namespace Anyvisor.Core.Problems;

/// <summary>The stable types of problems. Scripts match them: none is ever renamed.</summary>
public static class ProblemTypes
{
    public const string NotFound = "urn:anyvisor:problem:not-found";
    public const string Conflict = "urn:anyvisor:problem:conflict";
    public const string InvalidArgument = "urn:anyvisor:problem:invalid-argument";
    public const string Ambiguous = "urn:anyvisor:problem:ambiguous";
    public const string PermissionDenied = "urn:anyvisor:problem:permission-denied";

    /// <summary>The caller's sign-in to us; with a provider named, our sign-in there.</summary>
    public const string AuthenticationFailed = "urn:anyvisor:problem:authentication-failed";

    public const string QuotaExceeded = "urn:anyvisor:problem:quota-exceeded";
    public const string CapacityExceeded = "urn:anyvisor:problem:capacity-exceeded";
    public const string NotCapable = "urn:anyvisor:problem:not-capable";
    public const string Unreachable = "urn:anyvisor:problem:unreachable";
    public const string TimedOut = "urn:anyvisor:problem:timed-out";
    public const string ProtocolViolation = "urn:anyvisor:problem:protocol-violation";
    public const string ProviderFault = "urn:anyvisor:problem:provider-fault";
    public const string StoreFull = "urn:anyvisor:problem:store-full";
    public const string TooLarge = "urn:anyvisor:problem:too-large";

    /// <summary>The caller gave up waiting or asked to stop.</summary>
    public const string Cancelled = "urn:anyvisor:problem:cancelled";

    /// <summary>We were interrupted and can't tell whether it happened.</summary>
    public const string NeedsCheck = "urn:anyvisor:problem:needs-check";

    /// <summary>A defect or a damaged store: the server's log has more under the instance's id.</summary>
    public const string Internal = "urn:anyvisor:problem:internal";
}
