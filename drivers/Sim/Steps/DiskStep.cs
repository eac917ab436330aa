using System.Globalization;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Steps;

/// <summary>Makes the volume that a new guest stands on.</summary>
internal sealed class DiskStep : EstateStep
{
    public const string Name = "disk";

    public override void Run(SimEstate estate, WorkStep step, WorkContext context)
    {
        var id = Id(step, "volume");
        var capacity = long.Parse(step.Arguments["capacity"], CultureInfo.InvariantCulture);
        estate.AddVolume(
            new Volume
            {
                Id = estate.Layout.Id(ObjectKind.Volume, id),
                NativeId = id,
                Name = step.Arguments["name"],
                Provider = estate.Layout.Provider,
                Datastore = step.Arguments["datastore"],
                Format = step.Arguments["format"],
                Capacity = capacity,
                Allocation = capacity / 10,
                ObservedAt = estate.Now,
            },
            context.TaskId
        );
    }

    public override bool IsDone(SimEstate estate, WorkStep step, WorkContext context) => estate.HasVolume(Id(step, "volume"));

    public override void Undo(SimEstate estate, WorkStep step, WorkContext context) => estate.RemoveVolume(Id(step, "volume"), context.TaskId);
}
