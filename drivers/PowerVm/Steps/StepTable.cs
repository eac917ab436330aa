using System.Collections.Frozen;

namespace Anyvisor.Drivers.PowerVm.Steps;

/// <summary>The steps of this driver's plans, by name; a number after a name tells several of a plan apart.</summary>
internal static class StepTable
{
    public static FrozenDictionary<string, Step> Of(Connection connection) =>
        new Dictionary<string, Step>
        {
            [DiskStep.Name] = new DiskStep(connection),
            [PartitionStep.Name] = new PartitionStep(connection),
            [AdapterStep.Name] = new AdapterStep(connection),
            [MappingStep.Name] = new MappingStep(connection),
            [StartStep.Name] = new StartStep(connection),
            [UnmapStep.Name] = new UnmapStep(connection),
            [DeleteStep.Name] = new DeleteStep(connection),
            [DeleteDiskStep.Name] = new DeleteDiskStep(connection),
            [CaptureStep.Name] = new CaptureStep(connection),
            [MigrateStep.Name] = new MigrateStep(connection),
        }.ToFrozenDictionary(StringComparer.Ordinal);
}
