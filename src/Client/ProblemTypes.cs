namespace Anyvisor.Client;

/// <summary>The stable problem types that callers tell apart.</summary>
public static class ProblemTypes
{
    public const string NotFound = "urn:anyvisor:problem:not-found";
    public const string Ambiguous = "urn:anyvisor:problem:ambiguous";
    public const string InvalidArgument = "urn:anyvisor:problem:invalid-argument";
    public const string PermissionDenied = "urn:anyvisor:problem:permission-denied";
    public const string AuthenticationFailed = "urn:anyvisor:problem:authentication-failed";
    public const string NotCapable = "urn:anyvisor:problem:not-capable";
    public const string TimedOut = "urn:anyvisor:problem:timed-out";
    public const string Unreachable = "urn:anyvisor:problem:unreachable";
    public const string ProtocolViolation = "urn:anyvisor:problem:protocol-violation";
    public const string TooLarge = "urn:anyvisor:problem:too-large";
    public const string Internal = "urn:anyvisor:problem:internal";
}
