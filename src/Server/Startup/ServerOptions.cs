using System.Net;

namespace Anyvisor.Server.Startup;

/// <summary>What the command line decides.</summary>
internal sealed record ServerOptions
{
    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8440);

    /// <summary>The data directory, absolute.</summary>
    public required string Data { get; init; }

    /// <summary>A database URL; null is SQLite in the data directory.</summary>
    public string? Store { get; init; }

    /// <summary>Allows plain HTTP on an address that other machines reach.</summary>
    public bool InsecureHttp { get; init; }

    /// <summary>PEM files of the certificate with its chain, and of its key.</summary>
    public string? TlsCertificate { get; init; }
    public string? TlsKey { get; init; }
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Bytes of the largest image that may be uploaded.</summary>
    public long UploadLimit { get; init; } = 256L << 30;

    /// <summary>How long changes and ended tasks are kept.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long one that listens to events may leave them unread before it is cut off.</summary>
    public TimeSpan ListenerPatience { get; init; } = TimeSpan.FromSeconds(30);

    public bool Tls => TlsCertificate is not null;
}
