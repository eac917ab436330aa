using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.SolarisZones.Inventory;
using Anyvisor.Drivers.SolarisZones.Wire;
using Anyvisor.Drivers.SolarisZones.Work;

namespace Anyvisor.Drivers.SolarisZones.Migrating;

/// <summary>A step that is done at the other end of a migration, by that end's own kind of it.</summary>
internal sealed class PeerStep(GlobalZone zone, ZoneWatch watch, Func<Connection, StepKind> kind) : StepKind(zone, watch)
{
    public const string ConfigureKind = "peer-configure";
    public const string AttachKind = "peer-attach";

    // The others know no packages that could be updated.
    private static readonly string[] Updated = ["native", "solaris", "ipkg", "lipkg", "sparse"];

    public static WorkStep Configure(string name, string target, IEnumerable<string> commands) =>
        StepArguments.Make("configure", ConfigureKind, $"Configure the zone {name} at {target}", ("zone", name), ("commands", string.Join('\n', commands)));

    public static WorkStep Attach(ZoneLine line, string target) =>
        StepArguments.Make("attach", AttachKind, $"Attach the zone {line.Name} at {target}", ("zone", line.Name), ("verb", Updated.Contains(line.Brand) ? "attach\n-u" : "attach")) with { Weight = 5 };

    /// <summary>The other end.</summary>
    public static Connection Of(WorkContext context) =>
        context.Peer as Connection ?? throw new ProviderException(ProviderError.Unreachable, "The global zone at the other end of the migration is not connected now.");

    public override Task RunAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) => kind(Of(context)).RunAsync(step, context, cancellationToken);

    public override Task<WorkStepState> InspectAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) => kind(Of(context)).InspectAsync(step, context, cancellationToken);

    public override Task UndoAsync(StepArguments step, WorkContext context, CancellationToken cancellationToken) => kind(Of(context)).UndoAsync(step, context, cancellationToken);
}
