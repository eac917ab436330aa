using System.Globalization;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Steps;

/// <summary>Notes an image by what it is: the simulated estate has no disks to keep its bytes on.</summary>
internal sealed class ImageStep : EstateStep
{
    public const string Name = "image";

    public override void Run(SimEstate estate, WorkStep step, WorkContext context)
    {
        var id = Id(step, "image");
        var capacity = long.Parse(step.Arguments["capacity"], CultureInfo.InvariantCulture);
        estate.AddImage(
            new Image
            {
                Id = estate.Layout.Id(ObjectKind.Image, id),
                NativeId = id,
                Name = step.Arguments["name"],
                Provider = estate.Layout.Provider,
                Arch = Enum.Parse<Architecture>(step.Arguments["arch"]),
                Os = new OperatingSystemInfo
                {
                    Family = Enum.Parse<OsFamily>(step.Arguments["os.family"]),
                    Distribution = step.Arguments.GetValueOrDefault("os.distribution"),
                    Version = step.Arguments.GetValueOrDefault("os.version"),
                },
                Format = step.Arguments["format"],
                Capacity = capacity,
                Size = capacity,
                Description = step.Arguments.GetValueOrDefault("description"),
                CreatedAt = estate.Now,
                ObservedAt = estate.Now,
            },
            context.TaskId
        );
    }

    public override bool IsDone(SimEstate estate, WorkStep step, WorkContext context) => estate.FindImage(step.Arguments["image"]) is not null;

    public override void Undo(SimEstate estate, WorkStep step, WorkContext context) => estate.RemoveImage(Id(step, "image"), context.TaskId);
}

internal sealed class ImageDeleteStep : EstateStep
{
    public const string Name = "delete-image";

    public override void Run(SimEstate estate, WorkStep step, WorkContext context) => estate.RemoveImage(Id(step, "image"), null);

    public override bool IsDone(SimEstate estate, WorkStep step, WorkContext context) => estate.FindImage(step.Arguments["image"]) is null;

    public override void Undo(SimEstate estate, WorkStep step, WorkContext context)
    {
        // What is deleted stays deleted.
    }
}
