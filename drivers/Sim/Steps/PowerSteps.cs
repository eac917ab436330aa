using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Steps;

/// <summary>Turns a new guest on.</summary>
internal sealed class StartStep : EstateStep
{
    public const string Name = "start";

    public override void Run(SimEstate estate, WorkStep step, WorkContext context) => Set(estate, step, PowerState.On);

    public override bool IsDone(SimEstate estate, WorkStep step, WorkContext context) => estate.Find(Id(step, "guest")) is { Power: PowerState.On };

    public override void Undo(SimEstate estate, WorkStep step, WorkContext context)
    {
        if (IsDone(estate, step, context))
            Set(estate, step, PowerState.Off);
    }

    private static void Set(SimEstate estate, WorkStep step, PowerState power)
    {
        var guest = Guest(estate, step);
        estate.TryHost(guest.Host, out var host);
        estate.Change(guest.NativeId, now => now.Power == power ? now : now with { Power = power, Raw = estate.Layout.PlatformOf(host).Raw(power) });
    }
}

/// <summary>Brings a guest to another host.</summary>
internal sealed class MigrateStep : EstateStep
{
    public const string Name = "migrate";

    public override void Run(SimEstate estate, WorkStep step, WorkContext context) => Bring(estate, step, "to");

    public override bool IsDone(SimEstate estate, WorkStep step, WorkContext context) => estate.Find(Id(step, "guest"))?.Host == step.Arguments["to"];

    public override void Undo(SimEstate estate, WorkStep step, WorkContext context)
    {
        if (IsDone(estate, step, context))
            Bring(estate, step, "from");
    }

    private static void Bring(SimEstate estate, WorkStep step, string way)
    {
        estate.TryHost(step.Arguments[way], out var host);
        estate.Change(
            Guest(estate, step).NativeId,
            guest => guest with { Host = step.Arguments[way], Cluster = estate.Layout.ClusterNames[estate.Layout.ClusterOf(host)] }
        );
    }
}
