using System.CommandLine;
using System.Text;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Cli.Terminal;
using Anyvisor.Model;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest console REF --serial</c>: the guest's serial line on this terminal, or in a script's pipes.</summary>
internal sealed class GuestConsoleCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Option<bool> _serial = new("--serial") { Description = "The serial console (the default)" };
    private readonly Option<string?> _expect = new("--expect") { Description = "End, with success, once the guest writes this", HelpName = "TEXT" };

    internal GuestConsoleCommand()
        : base("console", "A guest's serial console; Ctrl-] leaves. Without a terminal, input is sent as it comes and the end is when the guest falls silent")
    {
        Add(_guest);
        Add(_serial);
        Add(_expect);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var guest = invocation.Get(_guest);
        using var patience = invocation.Timeout is { } timeout
            ? new CancellationTokenSource(timeout, invocation.Surroundings.Time)
            : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var signals = invocation.Surroundings.OnInterrupt(stop.Cancel);
        try
        {
            using var socket = await invocation.Client.OpenConsoleAsync(guest, ConsoleKind.Serial, stop.Token);
            return End(invocation, guest, await TalkAsync(invocation, socket, guest, stop.Token));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new CliException(
                ExitCode.TimedOut,
                invocation.Get(_expect) is { } text
                    ? $"The console of {guest} did not say '{text}' within {Words.Span(invocation.Timeout!.Value)}."
                    : $"The console of {guest} was left after {Words.Span(invocation.Timeout!.Value)}."
            );
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Failed, "Interrupted.");
        }
    }

    private async Task<ConsoleEnd> TalkAsync(Invocation invocation, System.Net.WebSockets.WebSocket socket, string guest, CancellationToken cancellationToken)
    {
        var around = invocation.Surroundings;
        var interactive = around.InputIsTerminal;
        var expected = invocation.Get(_expect) is { } text ? Encoding.UTF8.GetBytes(text) : null;
        var session = new ConsoleSession(
            socket,
            around.OpenInput(),
            around.OpenOutput(),
            expected,
            interactive ? ConsoleSession.CtrlBracket : null,
            around.Time
        );
        if (!interactive)
            return await session.RunAsync(cancellationToken);
        invocation.Remark($"Connected to {guest}; Ctrl-] leaves.");
        ConsoleEnd end;
        using (RawTerminal.Enter())
            end = await session.RunAsync(cancellationToken);
        await around.Error.WriteLineAsync();
        return end;
    }

    private int End(Invocation invocation, string guest, ConsoleEnd end)
    {
        if (end == ConsoleEnd.Closed && invocation.Get(_expect) is { } text)
            throw new CliException(ExitCode.Failed, $"The console of {guest} closed before it said '{text}'.");
        if (end == ConsoleEnd.Closed)
            invocation.Remark($"The console of {guest} closed.");
        return ExitCode.Done;
    }
}
