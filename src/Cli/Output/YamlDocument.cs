using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Anyvisor.Cli.Output;

/// <summary>Writes JSON documents as YAML, as they come. Text that YAML would take for something else is quoted.</summary>
internal sealed class YamlDocument
{
    private readonly Emitter _emitter;

    internal YamlDocument(TextWriter output)
    {
        _emitter = new Emitter(output, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));
        _emitter.Emit(new StreamStart());
        _emitter.Emit(new DocumentStart(null, null, isImplicit: true));
    }

    internal static void Print(TextWriter output, JsonElement document)
    {
        var yaml = new YamlDocument(output);
        yaml.Write(document);
        yaml.End();
    }

    internal void BeginSequence() => _emitter.Emit(new SequenceStart(null, null, isImplicit: true, SequenceStyle.Block));

    internal void EndSequence()
    {
        _emitter.Emit(new SequenceEnd());
        End();
    }

    internal void Write(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var empty = !value.EnumerateObject().Any();
                _emitter.Emit(new MappingStart(null, null, isImplicit: true, empty ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var property in value.EnumerateObject())
                {
                    Text(property.Name);
                    Write(property.Value);
                }
                _emitter.Emit(new MappingEnd());
                break;
            case JsonValueKind.Array:
                var style = value.GetArrayLength() == 0 ? SequenceStyle.Flow : SequenceStyle.Block;
                _emitter.Emit(new SequenceStart(null, null, isImplicit: true, style));
                foreach (var item in value.EnumerateArray())
                    Write(item);
                _emitter.Emit(new SequenceEnd());
                break;
            case JsonValueKind.String:
                Text(value.GetString()!);
                break;
            default:
                Plain(value.GetRawText());
                break;
        }
    }

    private void End()
    {
        _emitter.Emit(new DocumentEnd(isImplicit: true));
        _emitter.Emit(new StreamEnd());
    }

    private void Text(string text)
    {
        var style = NeedsQuotes(text) ? ScalarStyle.DoubleQuoted : ScalarStyle.Any;
        _emitter.Emit(new Scalar(null, null, text, style, isPlainImplicit: style == ScalarStyle.Any, isQuotedImplicit: true));
    }

    private void Plain(string raw) =>
        _emitter.Emit(new Scalar(null, null, raw, ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false));

    /// <summary>A string that a reader would take for a number, a time, a truth value or nothing, by the rules of YAML 1.1 and 1.2.</summary>
    private static bool NeedsQuotes(string text) =>
        text.Length == 0
        || char.IsAsciiDigit(text[0])
        || text[0] is '-' or '+' or '.' or '~' or '=' or '<'
        || text.AsSpan().ContainsAnyInRange('\0', '\x1f')
        || text.ToLowerInvariant() is "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n" or "null";
}
