using System.CommandLine;
using Anyvisor.Cli.Output;
using Anyvisor.Client;

namespace Anyvisor.Cli.Grammar;

/// <summary>One command as it was called: its values, its surroundings, its server.</summary>
internal sealed class Invocation(ParseResult parsed, GlobalOptions globals, Surroundings surroundings) : IDisposable
{
    private AnyvisorClient? _client;

    internal Surroundings Surroundings => surroundings;

    internal TextWriter Out => surroundings.Out;

    internal OutputFormat Format { get; } = parsed.GetValue(globals.Output) switch
    {
        "wide" => OutputFormat.Wide,
        "json" => OutputFormat.Json,
        "yaml" => OutputFormat.Yaml,
        "name" => OutputFormat.Name,
        _ => OutputFormat.Table,
    };

    internal bool Quiet { get; } = parsed.GetValue(globals.Quiet);

    internal bool DryRun { get; } = parsed.GetValue(globals.DryRun);

    internal bool Queue { get; } = parsed.GetValue(globals.Queue);

    internal bool Wait { get; } = !parsed.GetValue(globals.NoWait);

    internal TimeSpan? Timeout { get; } = parsed.GetValue(globals.Timeout)?.Value;

    internal AnyvisorClient Client =>
        _client ??= new AnyvisorClient(Connection.Choose(parsed.GetValue(globals.Server), parsed.GetValue(globals.Token), surroundings));

    internal T? Get<T>(Option<T> option) => parsed.GetValue(option);

    internal T Get<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    internal bool Has(Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>The words of the command line after the command's own name, as they were written.</summary>
    internal IReadOnlyList<string> Words(string command) =>
        [.. parsed.Tokens.Select(static token => token.Value).SkipWhile(word => word != command).Skip(1)];

    /// <summary>A sentence for the person, on standard error; nothing with -q.</summary>
    internal void Remark(string text)
    {
        if (!Quiet)
            surroundings.Error.WriteLine(Printable.Clean(text));
    }

    public void Dispose() => _client?.Dispose();
}
