using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Anyvisor.Driver.Reading;
using Xunit;

namespace Anyvisor.Drivers.PowerVm.Tests.Recordings;

/// <summary>One reply of a real console.</summary>
public sealed record RecordedReply(string Method, string Path, int Status, string ContentType, string Body);

/// <summary>The recordings beside a checkout; where there are none, tests are skipped.</summary>
public static class Recording
{
    public static string Folder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Directory.Packages.props")))
            root = root.Parent;
        var folder = root?.Parent is null ? null : Path.Combine(root.Parent.FullName, "shared", "recordings", "powervm");
        Assert.SkipUnless(folder is not null && Directory.Exists(folder), "There are no recordings beside this checkout.");
        return folder!;
    }

    /// <summary>The exchanges of one session.</summary>
    public static List<RecordedReply> Session(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return
        [
            .. document.RootElement.GetProperty("interactions").EnumerateArray().Select(one =>
            {
                var (request, response) = (one.GetProperty("request"), one.GetProperty("response"));
                var headers = response.GetProperty("headers");
                var type = headers.EnumerateObject().FirstOrDefault(h => h.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value;
                return new RecordedReply(
                    request.GetProperty("method").GetString()!,
                    new Uri(request.GetProperty("uri").GetString()!).PathAndQuery,
                    response.GetProperty("status").GetInt32(),
                    type.ValueKind == JsonValueKind.String ? type.GetString()! : "",
                    response.GetProperty("body").ValueKind == JsonValueKind.String ? response.GetProperty("body").GetString()! : "");
            }),
        ];
    }

    /// <summary>Every XML document in all recordings, with where it is from.</summary>
    public static IEnumerable<(string Where, XElement Root)> Documents()
    {
        foreach (var file in Directory.EnumerateFiles(Folder(), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            if (name.EndsWith(".http.json", StringComparison.Ordinal))
                foreach (var reply in Session(file).Where(reply => reply.Body.Contains('<', StringComparison.Ordinal)))
                    yield return ($"{name} {reply.Path}", Load(reply.Body)!);
            else if (name.EndsWith(".xml", StringComparison.Ordinal))
                yield return (name, Load(File.ReadAllText(file))!);
            else if (name.EndsWith(".txt", StringComparison.Ordinal) && file.Contains("pypowervm", StringComparison.Ordinal))
                foreach (var body in Bodies(File.ReadAllText(file)))
                    if (Load(body) is { } root)
                        yield return (name, root);
        }
    }

    private static IEnumerable<string> Bodies(string text)
    {
        for (var at = 0; (at = text.IndexOf("BODY{", at, StringComparison.Ordinal)) >= 0;)
        {
            var end = text.IndexOf("END OF SECTION}", at, StringComparison.Ordinal);
            var body = text[(at + 5)..(end < 0 ? text.Length : end)].Trim();
            at += 5;
            if (body.StartsWith('<'))
                yield return body;
        }
    }

    /// <summary>Null where it is no XML: some of those recordings were edited by hand, and badly.</summary>
    private static XElement? Load(string body)
    {
        using var text = new StringReader(body.TrimStart());
        using var reader = HostileXml.Read(text, 64 << 20);
        try
        {
            return XElement.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
