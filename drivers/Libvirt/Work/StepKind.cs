using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>One kind of step: how to do it, to tell how far it got, and to take it back. Safe to repeat.</summary>
internal abstract class StepKind
{
    public abstract Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken);

    public abstract Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken);

    /// <summary>Takes back what the step made. Steps that make nothing have nothing to take back.</summary>
    public virtual Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A step's arguments by name.</summary>
internal readonly struct StepArguments(WorkStep step)
{
    /// <summary>The argument that names the kind of a step.</summary>
    public const string Kind = "do";

    public string Name => step.Name;

    public string this[string name] =>
        step.Arguments.TryGetValue(name, out var value)
            ? value
            : throw new ProviderException(ProviderError.InvalidArgument, $"The step '{step.Name}' has no argument '{name}': another version of the driver wrote it.");

    public string? Find(string name) => step.Arguments.GetValueOrDefault(name);

    public Guid Uuid(string name) => Guid.Parse(this[name]);

    public long Number(string name) => long.Parse(this[name], NumberStyles.None, CultureInfo.InvariantCulture);

    public static WorkStep Make(string name, string kind, string label, params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        var all = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        all[Kind] = kind;
        foreach (var (argument, value) in arguments)
            if (value is not null)
                all[argument] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        return new WorkStep(name, label, all.ToImmutable());
    }
}
