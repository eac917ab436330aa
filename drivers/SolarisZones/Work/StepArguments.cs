using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;

namespace Anyvisor.Drivers.SolarisZones.Work;

/// <summary>A step's arguments by name.</summary>
internal readonly struct StepArguments(WorkStep step)
{
    /// <summary>The argument that names the kind of a step.</summary>
    public const string Kind = "do";

    public string Name => step.Name;

    public string this[string name] => Find(name)
        ?? throw new ProviderException(ProviderError.InvalidArgument, $"The step '{step.Name}' has no argument '{name}': another version of the driver wrote it.");

    public string? Find(string name) => step.Arguments.GetValueOrDefault(name);

    /// <summary>Words or commands, one a line: none of them holds a line's end.</summary>
    public string[] Lines(string name) => this[name].Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static WorkStep Make(string name, string kind, string label, params ReadOnlySpan<(string Name, string? Value)> arguments)
    {
        var all = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        all[Kind] = kind;
        foreach (var (argument, value) in arguments)
            if (value is not null)
                all[argument] = value;
        return new WorkStep(name, label, all.ToImmutable());
    }
}
