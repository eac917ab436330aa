using System.Globalization;

namespace Anyvisor.Drivers.Libvirt.Wire;

internal enum LibvirtTransport
{
    Unix,
    Ssh,
    Tls,
    Tcp,
}

/// <summary>Which daemon answers for a hypervisor: its own (virtqemud, ...) or the one for all (libvirtd).</summary>
internal enum DaemonMode
{
    Auto,
    Direct,
    Legacy,
}

/// <summary>
/// A connection URI as libvirt writes them: <c>driver[+transport]://[user@][host][:port]/[path][?parameters]</c>.
/// Parameters that are not for the line go on to the daemon.
/// </summary>
internal sealed record LibvirtUri
{
    private static readonly string[] LineParameters =
    [
        "name", "socket", "mode", "auth", "netcat", "keyfile", "known_hosts", "known_hosts_verify",
        "pkipath", "no_verify", "no_tty", "no_sanity", "proxy", "sshauth",
    ];

    private IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The hypervisor's driver: qemu, xen, lxc, test, ...</summary>
    public required string Driver { get; init; }

    public required LibvirtTransport Transport { get; init; }

    /// <summary>Empty for a line that stays on this machine.</summary>
    public required string Host { get; init; }

    public int? Port { get; init; }

    public string? User { get; init; }

    public required string Path { get; init; }

    /// <summary>What the daemon is asked to open, for example <c>qemu:///system</c>.</summary>
    public required string RemoteName { get; init; }

    public DaemonMode Mode { get; init; }

    public string? Socket => Parameters.GetValueOrDefault("socket");

    public string? KeyFile => Parameters.GetValueOrDefault("keyfile");

    public string? KnownHosts => Parameters.GetValueOrDefault("known_hosts");

    public string? PkiPath => Parameters.GetValueOrDefault("pkipath");

    public string? Netcat => Parameters.GetValueOrDefault("netcat");

    /// <summary>none, polkit, sasl or sasl.MECHANISM; null leaves it to the daemon.</summary>
    public string? Authentication => Parameters.GetValueOrDefault("auth");

    /// <summary>auto, native (virt-ssh-helper) or netcat.</summary>
    public string Proxy => Parameters.GetValueOrDefault("proxy") ?? "auto";

    /// <summary>The host's identity is not checked: somebody wrote no_verify=1 into the URI.</summary>
    public bool NoVerify => Parameters.GetValueOrDefault("no_verify") is { } value && value != "0";

    public bool IsSession => Path == "/session";

    /// <exception cref="LibvirtException">It is no URI that a line can be made from; says why.</exception>
    public static LibvirtUri Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || !text.Contains(":/", StringComparison.Ordinal))
            throw Bad("it is not of the form driver[+transport]://[user@][host][:port]/path, for example qemu:///system");
        var scheme = uri.Scheme.Split('+', 2);
        var host = uri.IdnHost.Trim('[', ']');
        var parameters = ParseQuery(uri.Query);
        Refuse(uri, parameters);
        var transport = TransportOf(scheme.Length > 1 ? scheme[1] : null, host);
        if (transport == LibvirtTransport.Unix && host.Length > 0)
            throw Bad("a unix socket has no host: leave out the host, or the +unix");
        if (transport != LibvirtTransport.Unix && host.Length == 0)
            throw Bad($"+{scheme[1]} needs a host: {scheme[0]}+{scheme[1]}://HOST{uri.AbsolutePath}");
        var path = Uri.UnescapeDataString(uri.AbsolutePath);
        return new LibvirtUri
        {
            Driver = scheme[0],
            Transport = transport,
            Host = host,
            Port = uri.Port > 0 ? uri.Port : null,
            User = uri.UserInfo.Length > 0 ? Uri.UnescapeDataString(uri.UserInfo) : null,
            Path = path,
            RemoteName = parameters.GetValueOrDefault("name") ?? RemoteNameOf(scheme[0], uri.AbsolutePath, parameters),
            Mode = ModeOf(parameters.GetValueOrDefault("mode")),
            Parameters = parameters,
        };
    }

    /// <summary>For messages: where it goes, without parameters.</summary>
    public override string ToString() => Host.Length == 0
        ? $"{Driver}://{Path}"
        : $"{Driver}+{Transport.ToString().ToLowerInvariant()}://{Host}{(Port is { } port ? ":" + port.ToString(CultureInfo.InvariantCulture) : "")}{Path}";

    private static void Refuse(Uri uri, Dictionary<string, string> parameters)
    {
        if (uri.UserInfo.Contains(':', StringComparison.Ordinal))
            throw Bad("it holds a password; give user and password apart from it");
        // Both would let whoever may write a URI run a program, or read a file, as this server.
        if (parameters.ContainsKey("command"))
            throw Bad("'command' is not taken; name the ssh program in the server's settings");
        if (parameters.ContainsKey("authfile"))
            throw Bad("'authfile' is not taken; give user and password apart from the URI");
        if (parameters.ContainsKey("tls_priority"))
            throw Bad("'tls_priority' is GnuTLS's language; this system's own TLS policy applies");
        if (parameters.GetValueOrDefault("proxy") is { } proxy and not ("auto" or "native" or "netcat"))
            throw Bad($"proxy is '{proxy}'; it can be auto, native or netcat");
    }

    private static LibvirtTransport TransportOf(string? name, string host) => name?.ToLowerInvariant() switch
    {
        null => host.Length > 0 ? LibvirtTransport.Tls : LibvirtTransport.Unix,
        "unix" => LibvirtTransport.Unix,
        "ssh" or "libssh" or "libssh2" => LibvirtTransport.Ssh,
        "tls" => LibvirtTransport.Tls,
        "tcp" => LibvirtTransport.Tcp,
        var other => throw Bad($"its transport is '{other}'; it can be unix, ssh, tls or tcp"),
    };

    private static DaemonMode ModeOf(string? text) => text?.ToLowerInvariant() switch
    {
        null or "auto" => DaemonMode.Auto,
        "direct" => DaemonMode.Direct,
        "legacy" => DaemonMode.Legacy,
        _ => throw Bad($"mode is '{text}'; it can be auto, direct or legacy"),
    };

    private static string RemoteNameOf(string driver, string path, Dictionary<string, string> parameters)
    {
        if (driver == "remote")
            return ""; // The daemon looks for a hypervisor by itself.
        var passed = parameters.Where(p => !LineParameters.Contains(p.Key, StringComparer.Ordinal))
            .Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}");
        var query = string.Join('&', passed);
        return $"{driver}://{path}{(query.Length > 0 ? "?" + query : "")}";
    }

    private static Dictionary<string, string> ParseQuery(string query)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.TrimStart('?').Split(['&', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Uri.UnescapeDataString(at < 0 ? pair : pair[..at]);
            parameters[name] = at < 0 ? "" : Uri.UnescapeDataString(pair[(at + 1)..]);
        }
        return parameters;
    }

    // The text itself stays out: somebody may have put a secret into it.
    private static LibvirtException Bad(string why) => LibvirtException.InvalidArgument($"the connection URI can't be used: {why}");
}
