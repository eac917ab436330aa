using Anyvisor.Client;

namespace Anyvisor.Cli.Grammar;

/// <summary>Which server a command talks to, and with which token.</summary>
internal static class Connection
{
    internal static ClientOptions Choose(string? serverFlag, string? tokenFlag, Surroundings surroundings)
    {
        var named = NotEmpty(serverFlag) ?? NotEmpty(surroundings.Environment("ANYVISOR_SERVER"));
        var token = NotEmpty(tokenFlag) ?? NotEmpty(surroundings.Environment("ANYVISOR_TOKEN"));
        var local = named is null || token is null ? LocalServer.Read(LocalServer.DataDirectory(surroundings.Environment)) : null;
        var server = named is null ? local!.Url ?? new Uri(LocalServer.DefaultUrl) : Parse(named);
        // The administrator's token of this machine goes to no other machine.
        if (token is null && server.IsLoopback)
            token = local?.Token;
        if (token is not null && !server.IsLoopback && server.Scheme == Uri.UriSchemeHttp)
            surroundings.Error.WriteLine($"warning: the token travels to {server.Host} unencrypted; use https.");
        return new ClientOptions
        {
            Server = server,
            Token = token,
            Time = surroundings.Time,
            Blocking = true,
        };
    }

    private static Uri Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw CliException.Usage($"'{text}' is not the URL of a server: write it as http://127.0.0.1:8440.");

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
