using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Steps;

namespace Anyvisor.Drivers.PowerVm;

internal sealed partial class Connection : IWorkSteps
{
    private readonly FrozenDictionary<string, Step> _steps;

    public Task RunStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Known(step).RunAsync(step, context, cancellationToken);

    public Task<WorkStepState> InspectStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Known(step).InspectAsync(step, context, cancellationToken);

    public Task UndoStepAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Known(step).UndoAsync(step, context, cancellationToken);

    internal static ImmutableSortedDictionary<string, string> Arguments(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var arguments = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
            arguments.Add(name, value);
        return arguments.ToImmutable();
    }

    /// <summary>What bears it was made for this task. The console has no better place for it than names and descriptions.</summary>
    internal static string Mark(string taskId) => $"anyvisor task {taskId}";

    /// <summary>The same, where fifteen characters are all there are.</summary>
    internal static string ShortMark(string taskId, string what) => "av" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{taskId}\n{what}")).AsSpan(0, 5));

    private Step Known(WorkStep step) =>
        _steps.GetValueOrDefault(step.Name.TrimEnd("0123456789".ToCharArray()).TrimEnd('-'))
        ?? throw new ProviderException(ProviderError.InvalidArgument, $"PowerVM knows no step '{step.Name}'. It was planned by another version or driver.");
}
