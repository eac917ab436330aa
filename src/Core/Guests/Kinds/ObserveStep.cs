using System.Collections.Immutable;
using Anyvisor.Core.Tasks;
using Anyvisor.Driver.Work;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>Our own last step of every kind: the inventory has to show what was done.</summary>
internal static class ObserveStep
{
    public const string Name = "observe";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static WorkStep Make(string label) => new(Name, label, ImmutableSortedDictionary<string, string>.Empty) { Weight = 0.1 };

    public static bool Is(WorkStep step) => step.Name == Name;

    /// <summary>Waits, and goes on with a line in the log where the provider is slow to show it: it was done all the same.</summary>
    public static async Task RunAsync(GuestParts parts, TaskOrder order, Func<bool> seen, StepContext context, CancellationToken cancellationToken)
    {
        if (!await parts.Observer.WaitAsync(seen, () => parts.Calls.Refresh(order.Provider!), Patience, cancellationToken).ConfigureAwait(false))
            context.Log($"{order.Provider} did not show the change within {Patience.TotalSeconds:0} s: the inventory follows when it does.");
    }
}
