using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Work;

namespace Anyvisor.Drivers.VSphere;

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

    /// <summary>
    /// The instance UUID of what a task makes: chosen beforehand, so that it is found again whoever made it and
    /// wherever that was interrupted, and is never made twice.
    /// </summary>
    internal static Guid Mark(string taskId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"anyvisor task {taskId}")).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80); // Version 8: made by a rule of our own.
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    private Step Known(WorkStep step) =>
        _steps.GetValueOrDefault(step.Name) ?? throw new ProviderException(ProviderError.InvalidArgument, $"vSphere knows no step '{step.Name}'. It was planned by another version or driver.");
}
