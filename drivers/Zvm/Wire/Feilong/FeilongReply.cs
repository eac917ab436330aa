using System.Text.Json;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.Zvm.Wire.Feilong;

/// <summary>
/// Every answer of the connector: three levels of codes, who says them, a message, and the output. Numbers may come as
/// text, and fields that we do not know are no error.
/// </summary>
internal sealed record FeilongReply(int OverallRc, int Rc, int Rs, int? ModId, string Message, JsonElement Output)
{
    private const int Depth = 32;

    internal bool Succeeded => OverallRc == 0;

    /// <summary>As support asks for it: <c>404/404/1</c>.</summary>
    internal string Code => $"{OverallRc}/{Rc}/{Rs}";

    /// <exception cref="ProviderException"><see cref="ProviderError.ProtocolViolation"/>: it is no answer of a connector.</exception>
    internal static FeilongReply Parse(ReadOnlyMemory<byte> body, string what)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = Depth });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Number(root, "overallRC") is not { } overall)
                throw Broken(what, "it has no overallRC", null);
            var output = root.TryGetProperty("output", out var given) ? given.Clone() : default;
            return new FeilongReply(overall, Number(root, "rc") ?? overall, Number(root, "rs") ?? 0, Number(root, "modID"), FeilongJson.Text(root, "errmsg") ?? "", output);
        }
        catch (JsonException e)
        {
            throw Broken(what, e.Message, e);
        }
        catch (InvalidOperationException e)
        {
            // A text that is no Unicode shows only when it is read.
            throw Broken(what, e.Message, e);
        }
    }

    private static int? Number(JsonElement root, string name) => FeilongJson.Number(root, name) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null;

    private static ProviderException Broken(string what, string why, Exception? cause) =>
        new(ProviderError.ProtocolViolation, $"The z/VM cloud connector's answer while {what} can't be read: {why}", cause);
}
