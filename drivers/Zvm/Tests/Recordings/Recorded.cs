using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Anyvisor.Drivers.Zvm.Tests.Recordings;

/// <summary>The recordings beside the checkout, where they are.</summary>
internal static partial class Recorded
{
    internal static string? Folder { get; } = Find();

    internal static void Require() => Assert.SkipWhen(Folder is null, "There are no recordings beside this checkout (../shared/recordings/zvm).");

    internal static IEnumerable<string> Files(string folder, string pattern) =>
        Folder is null ? [] : Directory.EnumerateFiles(Path.Combine(Folder, folder), pattern).Order(StringComparer.Ordinal);

    /// <summary>One exchange with a live system's management API.</summary>
    internal sealed record Exchange(string Function, JsonElement Arguments, JsonElement Decoded, byte[] Sent, byte[] Received);

    internal static IEnumerable<Exchange> Exchanges(string function = "*")
    {
        foreach (var file in Files("smapi-wire", function + ".json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var c in document.RootElement.GetProperty("cases").EnumerateArray())
                yield return new Exchange(
                    document.RootElement.GetProperty("function").GetString()!,
                    c.TryGetProperty("arguments", out var arguments) ? arguments.Clone() : default,
                    c.GetProperty("decoded").Clone(),
                    Convert.FromHexString(c.GetProperty("send_hex").GetString()!),
                    Convert.FromHexString(c.GetProperty("recv_hex").GetString()!));
        }
    }

    /// <summary>The connector's samples are written with Python's words: true answers are JSON.</summary>
    internal static byte[]? Reply(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder!, "feilong-api_templates", name));
        text = Words().Replace(text.Replace('\'', '"'), word => word.Value switch { "True" => "true", "False" => "false", _ => "null" });
        text = Commas().Replace(text, "$1");
        try
        {
            using var document = JsonDocument.Parse(text);
            return Encoding.UTF8.GetBytes(text);
        }
        catch (JsonException)
        {
            // Two of the samples are no JSON in any reading: a set of a set, a pair without brackets.
            return null;
        }
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
                return Path.Combine(folder.Parent!.FullName, "shared", "recordings", "zvm") is var path && Directory.Exists(path) ? path : null;
        return null;
    }

    [GeneratedRegex(@"\b(True|False|None)\b")]
    private static partial Regex Words();

    [GeneratedRegex(@",(\s*[}\]])")]
    private static partial Regex Commas();
}
