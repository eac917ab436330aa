using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anyvisor.Server.Startup;

/// <summary>
/// DIR/server.json (0600): tells the command line on the same machine where the server is, so that it needs no
/// configuration. Written whole or not at all, removed at a clean stop.
/// </summary>
internal sealed class ServerPresence(string directory)
{
    internal const string FileName = "server.json";
    private readonly string _path = Path.Combine(directory, FileName);

    internal void Announce(string url, DateTimeOffset now)
    {
        var part = _path + ".part";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(part, options))
            JsonSerializer.Serialize(
                file,
                new Content(url, Environment.ProcessId, ServerVersion.Text, now.UtcDateTime),
                PresenceJson.Default.Content
            );
        File.Move(part, _path, overwrite: true);
    }

    internal void Withdraw() => File.Delete(_path);

    internal sealed record Content(string Url, int Pid, string Version, DateTime StartedAt);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ServerPresence.Content))]
internal sealed partial class PresenceJson : JsonSerializerContext;
