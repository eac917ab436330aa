using System.Text.Json;
using Anyvisor.Cli.Commands.Guests;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;

namespace Anyvisor.Cli.Commands.Events;

/// <summary>Prints events one by one, as a stream has no end to wait for: JSON is one document a line.</summary>
internal static class EventLine
{
    internal static void Print(Invocation invocation, JsonElement item)
    {
        var output = invocation.Out;
        switch (invocation.Format)
        {
            case OutputFormat.Json:
                output.WriteLine(item.GetRawText());
                break;
            case OutputFormat.Yaml:
                output.WriteLine("---");
                YamlDocument.Print(output, item);
                break;
            case OutputFormat.Name:
                output.WriteLine(item.Text("sequence"));
                break;
            default:
                var about = $"{item.Text("at")}  {item.Text("kind"),-8}  {item.Text("subject")} {Name(item)}".TrimEnd();
                output.WriteLine(What(item) is { Length: > 0 } what ? $"{about}  {what}" : about);
                break;
        }
        output.Flush();
    }

    private static string Name(JsonElement item) => item.Text("subjectName") is { Length: > 0 } name ? name : item.Text("subjectId");

    private static string What(JsonElement item)
    {
        if (item.Field("taskInfo") is { ValueKind: JsonValueKind.Object } task)
            return $"{task.Text("kind")} {task.Text("state")} {task.Percent("progress")}";
        return GuestHistoryCommand.Changes(item) is { Length: > 0 } changes ? changes : item.Text("text");
    }
}
