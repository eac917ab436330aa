using System.CommandLine;
using Anyvisor.Cli.Commands.Serving;
using Anyvisor.Cli.Commands.Shell;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Client;

namespace Anyvisor.Cli;

/// <summary>One run of the tool: words in, exit code out.</summary>
internal static class App
{
    internal static async Task<int> RunAsync(string[] arguments, Surroundings surroundings)
    {
        try
        {
            var code = await DispatchAsync(arguments, surroundings);
            // Blocking on purpose, here and below: this is the process's last act, and the asynchronous way costs more than the write.
            surroundings.Out.Flush();
            return code;
        }
        catch (ApiException error)
        {
            Flush(surroundings);
            ProblemPrinter.Print(surroundings.Error, error.Problem);
            return ExitCode.Of(error.Problem);
        }
        catch (CliException error)
        {
            Flush(surroundings);
            surroundings.Error.WriteLine(Printable.Clean($"error: {error.Message}"));
            if (error.Remedy is { } remedy)
                surroundings.Error.WriteLine(Printable.Clean($"  {remedy}"));
            return error.ExitCode;
        }
        catch (IOException error) when (BrokenPipe.Is(error))
        {
            // Whoever read us ('| head') has had enough.
            return ExitCode.Done;
        }
    }

    private static async Task<int> DispatchAsync(string[] arguments, Surroundings surroundings)
    {
        var globals = new GlobalOptions();
        var root = Nouns.Build(globals, arguments);
        // Completion is asked for the line as one word, behind a word in brackets.
        if (arguments is [['[', ..], ..])
            NameCompletion.AddTo(root, globals, surroundings);
        var parsed = root.Parse(arguments, Nouns.Parsing);
        if (arguments.Length == 0)
        {
            root.Parse(["--help"], Nouns.Parsing).Invoke(new InvocationConfiguration { Output = surroundings.Error });
            return ExitCode.Usage;
        }
        // Which systems there are, and their settings and faults, is the simulators' own to say.
        if (parsed.Action is System.CommandLine.Help.HelpAction && parsed.CommandResult.Command is SimulateCommand)
            return await CompanionProgram.BecomeSimulatorAsync(["--help"], CancellationToken.None);
        // Help, version and completion are the parser's own.
        if (parsed.Action is not null and not System.CommandLine.Invocation.ParseErrorAction)
            return parsed.Invoke(new InvocationConfiguration { Output = surroundings.Out, Error = surroundings.Error });
        if (parsed.Errors.Count > 0 || parsed.CommandResult.Command is not CliCommand command)
            return UsageErrors.Print(parsed, surroundings.Error);
        using var invocation = new Invocation(parsed, globals, surroundings);
        return await command.RunAsync(invocation, CancellationToken.None);
    }

    private static void Flush(Surroundings surroundings)
    {
        try
        {
            surroundings.Out.Flush();
        }
        catch (IOException error) when (BrokenPipe.Is(error))
        {
            // Nobody reads; the error that we are about to tell matters more.
        }
    }
}
