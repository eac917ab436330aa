namespace Anyvisor.Driver;

/// <summary>Why a call to a provider failed: a closed set, so that every caller can decide.</summary>
public enum ProviderError : byte
{
    /// <summary>Our credentials are not accepted.</summary>
    AuthenticationFailed,
    PermissionDenied,
    NotFound,

    /// <summary>The object's state, name or another operation is in the way.</summary>
    Conflict,
    InvalidArgument,
    QuotaExceeded,

    /// <summary>The host or datastore has not enough of something.</summary>
    CapacityExceeded,

    /// <summary>This system, version or licence can't do it.</summary>
    NotCapable,

    /// <summary>No connection, or it broke.</summary>
    Unreachable,
    TimedOut,

    /// <summary>The answer is not what the protocol allows.</summary>
    ProtocolViolation,

    /// <summary>The system says that it failed.</summary>
    ProviderFault,
}
