using System.CommandLine;
using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Commands.Events;

/// <summary><c>event watch</c>: until Ctrl-C, --timeout or --count.</summary>
internal sealed class EventWatchCommand : CliCommand
{
    private readonly Option<string?> _filter = new("--filter", "-f") { Description = "Only about guests that match", HelpName = "FILTER" };
    private readonly Option<string?> _after = new("--after") { Description = "Go on after the event of this sequence number", HelpName = "SEQUENCE" };
    private readonly Option<Number?> _count = new("--count") { Description = "End after so many", HelpName = "N", CustomParser = Counts.Parse };

    internal EventWatchCommand()
        : base("watch", "Print what happens, as it happens")
    {
        Add(_filter);
        Add(_after);
        Add(_count);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var patience = invocation.Timeout is { } timeout
            ? new CancellationTokenSource(timeout, invocation.Surroundings.Time)
            : new CancellationTokenSource();
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var signals = invocation.Surroundings.OnInterrupt(interrupted.Cancel);
        var left = invocation.Get(_count)?.Value ?? long.MaxValue;
        try
        {
            await foreach (var item in invocation.Client.EventsAsync(invocation.Get(_filter), invocation.Get(_after), interrupted.Token))
            {
                EventLine.Print(invocation, item);
                if (--left <= 0)
                    return ExitCode.Done;
            }
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // Being told to stop is how a watch ends, unless somebody waited for a number of events.
            return patience.IsCancellationRequested && invocation.Has(_count) ? ExitCode.TimedOut : ExitCode.Done;
        }
        return ExitCode.Done;
    }
}
