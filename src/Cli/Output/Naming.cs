using System.Text.Json;

namespace Anyvisor.Cli.Output;

/// <summary>What -o name prints of a document: its name, or the id of what has none.</summary>
internal static class Naming
{
    internal static string Of(JsonElement item)
    {
        // A new token comes inside the document that tells its key.
        var inner = item.Field("token") is { ValueKind: JsonValueKind.Object } token ? token : item;
        foreach (var field in (string[])["name", "kind", "sequence", "id"])
            if (field != "kind" || inner.Field("urlExamples").ValueKind == JsonValueKind.Array)
                if (inner.Text(field) is { Length: > 0 } text)
                    return text;
        return "";
    }
}
