using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Sim.Estate;

namespace Anyvisor.Drivers.Sim.Steps;

/// <summary>Deletes a guest with its snapshots. Nothing brings it back.</summary>
internal sealed class DeleteStep : EstateStep
{
    public const string Name = "delete";

    public override void Run(SimEstate estate, WorkStep step, WorkContext context) => estate.Remove(Id(step, "guest"));

    public override bool IsDone(SimEstate estate, WorkStep step, WorkContext context) => estate.Find(Id(step, "guest")) is null;

    public override void Undo(SimEstate estate, WorkStep step, WorkContext context)
    {
        // What is deleted stays deleted: the plan says so by its point of no return.
    }
}

/// <summary>Deletes the volume that was made for a guest.</summary>
internal sealed class DeleteDiskStep : EstateStep
{
    public const string Name = "delete-disk";

    public override void Run(SimEstate estate, WorkStep step, WorkContext context) => estate.RemoveVolume(Id(step, "volume"), null);

    public override bool IsDone(SimEstate estate, WorkStep step, WorkContext context) => !estate.HasVolume(Id(step, "volume"));

    public override void Undo(SimEstate estate, WorkStep step, WorkContext context)
    {
        // As with the guest itself.
    }
}
