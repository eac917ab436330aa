using System.Globalization;
using Anyvisor.Server.Json;

namespace Anyvisor.Server.Startup;

/// <summary>A command line that can't be followed; the message says what to type.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Reads the command line: flags as <c>--name value</c> or <c>--name=value</c>.</summary>
internal static class CommandLine
{
    internal const string Usage = """
        anyvisor-server: one inventory and one lifecycle for every hypervisor.

          --listen ADDRESS:PORT  where to listen (127.0.0.1:8440); port 0 takes a free one
          --data DIR             data directory ($ANYVISOR_DATA, else $XDG_DATA_HOME/anyvisor, else ~/.local/share/anyvisor)
          --store URL            database; without it SQLite in the data directory
          --tls-cert FILE        certificate with its chain, PEM
          --tls-key FILE         its private key, PEM
          --insecure-http        allow plain HTTP on an address that other machines reach
          --keep DAYS            how long history is kept (30)
          --upload-limit SIZE    largest image that may be uploaded (256GiB)
          --log-level LEVEL      trace, debug, info, warn, error or none (info)
          --version              print the version
          --help                 print this
        """;

    private static readonly string[] Flags =
    [
        "--listen", "--data", "--store", "--tls-cert", "--tls-key", "--insecure-http", "--keep", "--upload-limit",
        "--log-level", "--version", "--help",
    ];

    /// <exception cref="UsageException">A flag is unknown, has no value, or a wrong one.</exception>
    internal static ServerOptions Parse(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        var options = new ServerOptions { Data = "" };
        for (var i = 0; i < arguments.Count; i++)
        {
            var (flag, value) = Split(arguments[i]);
            if (flag == "--insecure-http")
            {
                options = options with { InsecureHttp = value is null || Boolean(flag, value) };
                continue;
            }
            if (!Flags.Contains(flag))
                throw new UsageException($"Unknown flag '{flag}'.{Nearest.Hint(flag, Flags)} '--help' lists them all.");
            value ??= ++i < arguments.Count ? arguments[i] : throw new UsageException($"{flag} needs a value.");
            options = Apply(options, flag, value);
        }
        if (options.Data.Length == 0)
            options = options with { Data = DefaultData.Path(environment) };
        if (options.TlsCertificate is null != options.TlsKey is null)
            throw new UsageException("--tls-cert and --tls-key go together: give both or none.");
        return options;
    }

    private static (string Flag, string? Value) Split(string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal))
            throw new UsageException($"'{argument}' is not a flag: flags begin with '--'. '--help' lists them all.");
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static ServerOptions Apply(ServerOptions options, string flag, string value) =>
        flag switch
        {
            "--listen" => options with { Listen = ListenAddress.Parse(value) },
            "--data" => options with { Data = Path.GetFullPath(NotEmpty(flag, value)) },
            "--store" => options with { Store = NotEmpty(flag, value) },
            "--tls-cert" => options with { TlsCertificate = Path.GetFullPath(NotEmpty(flag, value)) },
            "--tls-key" => options with { TlsKey = Path.GetFullPath(NotEmpty(flag, value)) },
            "--keep" => options with { Keep = Days(flag, value) },
            "--upload-limit" => options with { UploadLimit = ByteSize.Parse(flag, value) },
            _ => options with { LogLevel = Level(flag, value) },
        };

    private static string NotEmpty(string flag, string value) =>
        value.Length > 0 ? value : throw new UsageException($"{flag} needs a value.");

    private static bool Boolean(string flag, string value) =>
        bool.TryParse(value, out var flagged) ? flagged : throw new UsageException($"{flag} is true or false, not '{value}'.");

    private static TimeSpan Days(string flag, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and <= 36500
            ? TimeSpan.FromDays(days)
            : throw new UsageException($"{flag} is a number of days from 1 to 36500, not '{value}'.");

    private static LogLevel Level(string flag, string value) =>
        value switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "none" => LogLevel.None,
            _ => throw new UsageException($"{flag} is trace, debug, info, warn, error or none, not '{value}'."),
        };
}
