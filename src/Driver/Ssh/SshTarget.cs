using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Model;

namespace Anyvisor.Driver.Ssh;

/// <summary>Where an SSH server is and how to sign in there. What is not said here, the user's own configuration says.</summary>
public sealed record SshTarget
{
    public required string Host { get; init; }
    public int? Port { get; init; }
    public string? User { get; init; }

    /// <summary>Tried after the keys, and never shown in arguments or environment.</summary>
    public Secret? Password { get; init; }
    public string? KeyFile { get; init; }
    public string? KnownHosts { get; init; }

    /// <summary>Take any host key.</summary>
    public bool Insecure { get; init; }

    /// <summary>For the settings of drivers that speak over SSH.</summary>
    public static ImmutableArray<Setting> Settings { get; } =
    [
        new() { Name = "key-file", Help = "The private key to sign in with; the user's own and ssh-agent's by default." },
        new() { Name = "known-hosts", Help = "The file with the host's key; the user's own by default. A key that is not in it is refused." },
    ];

    /// <summary>As ssh's arguments, without host and command.</summary>
    internal IEnumerable<string> Options()
    {
        List<string> options = ["-o", Insecure ? "StrictHostKeyChecking=no" : "StrictHostKeyChecking=yes"];
        if (Insecure)
            options.AddRange(["-o", "UserKnownHostsFile=/dev/null"]);
        else if (KnownHosts is not null)
            options.AddRange(["-o", $"UserKnownHostsFile=\"{Unquotable(KnownHosts, "known-hosts")}\""]);
        if (Port is { } port)
            options.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        if (User is not null)
            options.AddRange(["-l", User]);
        if (KeyFile is not null)
            options.AddRange(["-i", Unquotable(KeyFile, "key-file"), "-o", "IdentitiesOnly=yes"]);
        return options;
    }

    private static string Unquotable(string path, string setting) =>
        path.AsSpan().ContainsAny("\"%\n")
            ? throw new ProviderException(ProviderError.InvalidArgument, $"The setting {setting} holds a quote, a per cent sign or a line's end, which ssh can't take: '{path}'")
            : path;
}
