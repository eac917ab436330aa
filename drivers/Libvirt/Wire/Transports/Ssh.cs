using System.Diagnostics;
using System.Globalization;
using Anyvisor.Driver.Ssh;

namespace Anyvisor.Drivers.Libvirt.Wire.Transports;

/// <summary>
/// The system's ssh as a child process: it brings the user's configuration, agent, jump hosts and known
/// hosts. On the far side runs virt-ssh-helper, else nc or socat, whichever is there. No password ever
/// goes through here: BatchMode makes ssh fail instead of asking, about an unknown host key as well.
/// </summary>
internal static class Ssh
{
    // $1 what virt-ssh-helper opens, $2 its flag, $3 way (auto, native, netcat), $4 netcat, $5... sockets to try.
    // It holds no single quote, since it goes to the far shell between single quotes.
    private const string FarSide = """
        uri=$1 flag=$2 way=$3 nc=$4; shift 4
        if [ "$way" != netcat ] && command -v virt-ssh-helper >/dev/null 2>&1; then exec virt-ssh-helper $flag "$uri"; fi
        if [ "$way" = native ]; then echo "virt-ssh-helper is not installed" >&2; exit 127; fi
        socket=$1
        for s in "$@"; do if [ -S "$s" ]; then socket=$s; break; fi; done
        if command -v "$nc" >/dev/null 2>&1 && "$nc" -h 2>&1 | grep -q -e "-[A-Za-z0-9]*U"; then
        if "$nc" -q 2>&1 | grep -q "requires an argument"; then exec "$nc" -q0 -U "$socket"; else exec "$nc" -U "$socket"; fi; fi
        if command -v socat >/dev/null 2>&1; then exec socat - "UNIX-CONNECT:$socket"; fi
        echo "none of virt-ssh-helper, nc with -U, socat is installed" >&2; exit 127
        """;

    public static Task<Line> OpenAsync(LibvirtUri uri, LibvirtClientOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(options.SshCommand, Arguments(uri, options.ReadOnly))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // Its messages are read: they must be in the language that the reader knows.
        start.Environment["LC_ALL"] = "C";
        try
        {
            var process = Process.Start(start) ?? throw LibvirtException.Transport($"{options.SshCommand} did not start");
            return Task.FromResult<Line>(new SshLine(process, uri, time));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw LibvirtException.Transport($"'{options.SshCommand}' can't be run: {e.Message}; install the OpenSSH client", e);
        }
    }

    internal static IEnumerable<string> Arguments(LibvirtUri uri, bool readOnly)
    {
        List<string> arguments = ["-T", "-e", "none", "-o", "BatchMode=yes"];
        if (uri.Port is { } port)
            arguments.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        if (uri.User is { } user)
            arguments.AddRange(["-l", user]);
        if (uri.KeyFile is { } key)
            arguments.AddRange(["-i", key, "-o", "IdentitiesOnly=yes"]);
        if (uri.KnownHosts is { } known)
            arguments.AddRange(["-o", $"UserKnownHostsFile=\"{known.Replace("\"", "", StringComparison.Ordinal)}\""]);
        if (uri.NoVerify)
            arguments.AddRange(["-o", "StrictHostKeyChecking=no"]);
        arguments.AddRange(["--", uri.Host, RemoteCommand(uri, readOnly)]);
        return arguments;
    }

    internal static string RemoteCommand(LibvirtUri uri, bool readOnly)
    {
        var way = uri.Socket is not null || uri.Netcat is not null ? "netcat" : uri.Proxy;
        List<string> words = ["sh", "-c", FarSide, "sh", uri.RemoteName, readOnly ? "-r" : "", way, uri.Netcat ?? "nc"];
        words.AddRange(uri.Socket is { } socket ? [socket] : Sockets(uri, readOnly));
        return ShellWord.Command(words);
    }

    private static IEnumerable<string> Sockets(LibvirtUri uri, bool readOnly)
    {
        // /var/run exists on every system, /run not on the oldest.
        var suffix = readOnly ? "sock-ro" : "sock";
        var direct = $"/var/run/libvirt/virt{uri.Driver}d-{suffix}";
        var legacy = $"/var/run/libvirt/libvirt-{suffix}";
        return uri.Mode switch
        {
            DaemonMode.Direct => [direct],
            DaemonMode.Legacy => [legacy],
            _ => [legacy, direct],
        };
    }
}
