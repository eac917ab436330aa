using System.Collections.Frozen;
using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VCloud.Work;

namespace Anyvisor.Drivers.VCloud;

internal sealed partial class Connection : IWorkSteps
{
    private readonly FrozenDictionary<string, Step> _steps;

    public Task RunStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Known(step).RunAsync(step, context, cancellationToken);

    public Task<WorkStepState> InspectStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Known(step).InspectAsync(step, context, cancellationToken);

    public Task UndoStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Known(step).UndoAsync(step, context, cancellationToken);

    /// <summary>What bears it was made for this task: a vApp's description.</summary>
    internal static string Mark(string taskId) => $"anyvisor task {taskId}";

    internal static ImmutableSortedDictionary<string, string> Arguments(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var arguments = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
            arguments.Add(name, value);
        return arguments.ToImmutable();
    }

    private Step Known(WorkStep step) =>
        _steps.GetValueOrDefault(step.Name) ?? throw new ProviderException(ProviderError.InvalidArgument, $"Cloud Director knows no step '{step.Name}'. It was planned by another version or driver.");
}
