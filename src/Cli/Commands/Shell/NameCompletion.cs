using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Shell;

/// <summary>
/// Completes names of what the server knows. A person waits at the prompt: the server gets a moment to answer, and
/// whatever is wrong (none runs, no token) suggests nothing and says nothing.
/// </summary>
internal static class NameCompletion
{
    private const int Most = 200;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(700);

    /// <summary>The lists that a noun's references and an option's values come from, and whether they take a filter.</summary>
    private static readonly Dictionary<string, (string Path, bool Filtered)> Lists = new(StringComparer.Ordinal)
    {
        ["guest"] = ("/guests", true),
        ["provider"] = ("/providers", false),
        ["host"] = ("/hosts", true),
        ["cluster"] = ("/clusters", true),
        ["image"] = ("/images", true),
        ["datastore"] = ("/datastores", true),
        ["volume"] = ("/volumes", true),
        ["network"] = ("/networks", true),
        ["--provider"] = ("/providers", false),
        ["--to"] = ("/providers", false),
        ["--host"] = ("/hosts", true),
        ["--image"] = ("/images", true),
        ["--datastore"] = ("/datastores", true),
        ["--network"] = ("/networks", true),
    };

    /// <summary>Verbs whose first word is a name to be given.</summary>
    private static readonly string[] Naming = ["create", "add", "import"];

    internal static void AddTo(Command root, GlobalOptions globals, Surroundings surroundings)
    {
        foreach (var noun in root.Subcommands)
            foreach (var command in Below(noun))
            {
                if (Lists.TryGetValue(noun.Name, out var list) && (command.Parents.First() != noun || !Naming.Contains(command.Name)) && command.Arguments is [var reference, ..])
                    reference.CompletionSources.Add(Source(list));
                foreach (var option in command.Options)
                    if (Lists.TryGetValue(option.Name, out var values))
                        option.CompletionSources.Add(Source(values));
            }

        Func<CompletionContext, IEnumerable<CompletionItem>> Source((string Path, bool Filtered) list) =>
            context => Names(list, context, globals, surroundings).Select(static name => new CompletionItem(name));
    }

    private static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(static below => Below(below).Prepend(below));

    private static List<string> Names((string Path, bool Filtered) list, CompletionContext context, GlobalOptions globals, Surroundings surroundings)
    {
        var (provider, word) = Split(context.WordToComplete);
        if (word.Any(static letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_' or '-')))
            return [];
        try
        {
            var parsed = context.ParseResult;
            using var limit = new CancellationTokenSource(Moment, surroundings.Time);
            using var client = new AnyvisorClient(
                Connection.Choose(parsed.GetValue(globals.Server), parsed.GetValue(globals.Token), surroundings) with { AnswerWithin = Moment }
            );
            var terms = $"{(provider.Length > 0 ? $"provider:{provider} " : "")}{(word.Length > 0 ? $"name~{word}*" : "")}".Trim();
            var query = list.Filtered ? $"?fields=name&limit={Most}&filter={Uri.EscapeDataString(terms)}" : "?fields=name";
            // The parser asks for completions in line; the client answers in line as well.
            var page = client.GetAsync(list.Path + query, limit.Token).GetAwaiter().GetResult();
            var before = provider.Length > 0 ? provider + "/" : "";
            return
            [
                .. page.Field("items")
                    .EnumerateArray()
                    .Select(item => before + Printable.Clean(item.Text("name")))
                    .Where(name => name.StartsWith(context.WordToComplete, StringComparison.Ordinal))
                    .Distinct(StringComparer.Ordinal),
            ];
        }
        catch (Exception error) when (error is ApiException or CliException or OperationCanceledException or InvalidOperationException or JsonException)
        {
            return [];
        }
    }

    private static (string Provider, string Word) Split(string word) =>
        word.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 ? (word[..slash], word[(slash + 1)..]) : ("", word);
}
