using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire;

/// <summary>Where a call failed: at the daemon, on the way, or before it was sent.</summary>
internal enum LibvirtFailure
{
    /// <summary>The daemon answered with an error of its own: see <see cref="LibvirtException.Code"/>.</summary>
    Remote,

    /// <summary>No line, or the line broke, or the peer fell silent.</summary>
    Transport,

    /// <summary>The daemon said something that is not libvirt's protocol.</summary>
    Protocol,

    /// <summary>The daemon or its host refused the user, password, key or client certificate.</summary>
    Authentication,

    /// <summary>The host proved another identity than before, or none: nothing was sent to it.</summary>
    HostIdentity,

    /// <summary>A request that libvirt's protocol can't carry.</summary>
    InvalidArgument,

    /// <summary>The daemon lacks what the call needs.</summary>
    NotCapable,
}

/// <summary>A failed call or connection. Carries no credentials: messages are ours or the daemon's.</summary>
internal sealed class LibvirtException : Exception
{
    public LibvirtException(LibvirtFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    public LibvirtFailure Failure { get; }

    /// <summary>libvirt's error number; <see cref="LibvirtErrorCode.Ok"/> when the failure is not the daemon's.</summary>
    public LibvirtErrorCode Code { get; private init; }

    /// <summary>libvirt's virErrorDomain: which of its parts failed.</summary>
    public int ErrorDomain { get; private init; }

    /// <summary>1 warning, 2 error.</summary>
    public int Level { get; private init; }

    /// <summary>libvirt's further strings (str1..3), which often name the object.</summary>
    public IReadOnlyList<string> Details { get; private init; } = [];

    /// <summary>The procedure that failed, when one did.</summary>
    public string? Procedure { get; private init; }

    /// <summary>The daemon's RPC layer could not carry the answer: too many items, or too many bytes.</summary>
    public bool IsAnswerTooLarge =>
        Failure == LibvirtFailure.Remote
        && !IsNotImplemented
        && ErrorDomain == RpcErrorDomain
        && Code is LibvirtErrorCode.InternalError or LibvirtErrorCode.Rpc;

    /// <summary>The daemon or its hypervisor driver does not have the call.</summary>
    public bool IsNotImplemented =>
        Failure == LibvirtFailure.Remote
        && (Code == LibvirtErrorCode.NoSupport
            || (Code == LibvirtErrorCode.Rpc && Message.StartsWith("unknown procedure", StringComparison.Ordinal)));

    private const int RpcErrorDomain = 7;

    public static LibvirtException Transport(string message, Exception? inner = null) => new(LibvirtFailure.Transport, message, inner);

    public static LibvirtException Protocol(string message) => new(LibvirtFailure.Protocol, message);

    public static LibvirtException InvalidArgument(string message) => new(LibvirtFailure.InvalidArgument, message);

    public static LibvirtException Authentication(string message, Exception? inner = null) => new(LibvirtFailure.Authentication, message, inner);

    public static LibvirtException HostIdentity(string message) => new(LibvirtFailure.HostIdentity, message);

    /// <summary>Reads remote_error.</summary>
    public static LibvirtException Decode(ref XdrReader reader, string procedure)
    {
        var code = reader.Int();
        var domain = reader.Int();
        var message = reader.OptionalString();
        var level = reader.Int();
        if (reader.Present())
            DomainRef.Decode(ref reader);
        string?[] details = [reader.OptionalString(), reader.OptionalString(), reader.OptionalString()];
        reader.Int();
        reader.Int();
        if (reader.Present())
            NetworkRef.Decode(ref reader);
        var failure = (LibvirtErrorCode)code is LibvirtErrorCode.AuthFailed or LibvirtErrorCode.AuthCancelled or LibvirtErrorCode.AuthUnavailable
            ? LibvirtFailure.Authentication
            : LibvirtFailure.Remote;
        return new LibvirtException(failure, message ?? $"libvirt error {code} without a message")
        {
            Code = (LibvirtErrorCode)code,
            ErrorDomain = domain,
            Level = level,
            Details = [.. details.OfType<string>()],
            Procedure = procedure,
        };
    }

    /// <summary>The same failure for one of several waiters, each of which needs its own stack.</summary>
    public LibvirtException Again() => new(Failure, Message, this)
    {
        Code = Code,
        ErrorDomain = ErrorDomain,
        Level = Level,
        Details = Details,
        Procedure = Procedure,
    };
}
