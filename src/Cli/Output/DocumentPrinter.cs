using System.Text.Json;
using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Output;

/// <summary>Prints one document: the server's JSON, YAML, its name, or its fields in lines for a person.</summary>
internal static class DocumentPrinter
{
    internal static void Print(Invocation invocation, JsonElement document)
    {
        switch (invocation.Format)
        {
            case OutputFormat.Json:
                invocation.Out.WriteLine(document.GetRawText());
                break;
            case OutputFormat.Yaml:
                YamlDocument.Print(invocation.Out, document);
                break;
            case OutputFormat.Name:
                invocation.Out.WriteLine(Naming.Of(document));
                break;
            default:
                new FieldLines(invocation.Surroundings).Write(document);
                break;
        }
    }
}
