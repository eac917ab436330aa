using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Output;
using Anyvisor.Cli.Work;
using Anyvisor.Client;

namespace Anyvisor.Cli.Commands.Providers;

/// <summary><c>provider check|refresh [NAME]</c>.</summary>
internal sealed class ProviderCallCommand : CliCommand
{
    private readonly Argument<string?> _name = new("NAME") { Description = "The provider's name", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _accept = new("--accept") { Description = "Believe a listing that lost an implausible share of the guests" };
    private readonly string _done;

    internal ProviderCallCommand(string verb, string description, string done)
        : base(verb, description)
    {
        _done = done;
        Add(_name);
        if (verb == "refresh")
            Add(_accept);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Get(_name) is { } name)
            return await CallAsync(invocation, name, cancellationToken);
        var worst = ExitCode.Done;
        await foreach (var page in invocation.Client.ListPagesAsync("/providers", new ListQuery { Paged = false }, cancellationToken))
            foreach (var provider in page.Items.EnumerateArray().ToList())
                worst = Math.Max(worst, await TryCallAsync(invocation, provider.Text("name"), cancellationToken));
        return worst;
    }

    private async Task<int> TryCallAsync(Invocation invocation, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(invocation, name, cancellationToken);
        }
        catch (ApiException error) when (!error.ServerAway)
        {
            // One provider that fails does not keep the others from being asked.
            invocation.Surroundings.Error.WriteLine(name + ":");
            ProblemPrinter.Print(invocation.Surroundings.Error, error.Problem);
            return ExitCode.Of(error.Problem);
        }
    }

    private async Task<int> CallAsync(Invocation invocation, string name, CancellationToken cancellationToken)
    {
        var path = $"/providers/{AnyvisorClient.Segment(name)}:{Name}{(invocation.Get(_accept) ? "?accept=true" : "")}";
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, CommandPath.Of(invocation, path), cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Provider {name} {_done}.", cancellationToken);
    }
}
