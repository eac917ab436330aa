using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Steps;

/// <summary>One kind of step: safe to do, look at and undo again, wherever it was interrupted.</summary>
internal abstract class EstateStep
{
    public abstract void Run(SimEstate estate, WorkStep step, WorkContext context);

    public abstract bool IsDone(SimEstate estate, WorkStep step, WorkContext context);

    /// <summary>Takes back what this task made; what can't be taken back stays.</summary>
    public abstract void Undo(SimEstate estate, WorkStep step, WorkContext context);

    /// <summary>An identity that a plan fixes beforehand, so that doing it twice makes one thing.</summary>
    public static NativeId NewId(string taskId, string what) =>
        new(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{taskId}\n{what}")).AsSpan(0, 16), bigEndian: true));

    protected static NativeId Id(WorkStep step, string name) => new(step.Arguments[name]);

    protected static Guest Guest(SimEstate estate, WorkStep step, string name = "guest") =>
        estate.Find(Id(step, name))
        ?? throw new ProviderException(ProviderError.NotFound, $"The simulated estate has no guest {step.Arguments[name]} any more.");

    /// <summary>Tags and the like: the arguments whose names begin so.</summary>
    protected static ImmutableDictionary<string, string> Prefixed(WorkStep step, string prefix) =>
        step.Arguments.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToImmutableDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value, StringComparer.Ordinal);
}
