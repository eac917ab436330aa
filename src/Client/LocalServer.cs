using System.Text.Json;

namespace Anyvisor.Client;

/// <summary>The server of this machine, found by its data directory: it leaves its address and an administrator's token there.</summary>
public sealed class LocalServer
{
    public const string DefaultUrl = "http://127.0.0.1:8440";

    private LocalServer(string directory, Uri? url, string? token)
    {
        Directory = directory;
        Url = url;
        Token = token;
    }

    public string Directory { get; }

    /// <summary>Where it listens, if it runs or ran last.</summary>
    public Uri? Url { get; }

    /// <summary>The administrator's token, where we may read it. Meant for this machine alone.</summary>
    public string? Token { get; }

    /// <summary>The data directory: ANYVISOR_DATA, else the user's own by the XDG rules.</summary>
    public static string DataDirectory(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment("ANYVISOR_DATA") is { Length: > 0 } data)
            return data;
        if (environment("XDG_DATA_HOME") is { Length: > 0 } share && Path.IsPathRooted(share))
            return Path.Combine(share, "anyvisor");
        var home = environment("HOME") is { Length: > 0 } own ? own : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.Combine(home, ".local", "share", "anyvisor");
    }

    /// <summary>Reads what is there; what is missing or not ours to read is null.</summary>
    public static LocalServer Read(string directory) =>
        new(directory, ReadUrl(Path.Combine(directory, "server.json")), ReadText(Path.Combine(directory, "admin.token"))?.Trim());

    private static Uri? ReadUrl(string file)
    {
        if (ReadText(file) is not { } text)
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("url", out var url)
                && url.ValueKind == JsonValueKind.String
                && Uri.TryCreate(url.GetString(), UriKind.Absolute, out var address)
                && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
                ? address
                : null;
        }
        catch (JsonException)
        {
            // Half-written by a server that is just starting: the default address is as good a guess.
            return null;
        }
    }

    private static string? ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Absent or another user's: then there is nothing to know from it.
            return null;
        }
    }
}
