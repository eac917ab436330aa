using System.Collections.Frozen;

namespace Anyvisor.Drivers.VCloud.Work;

/// <summary>The steps of this driver's plans, by name.</summary>
internal static class StepTable
{
    public static FrozenDictionary<string, Step> Of(Connection connection) =>
        new Dictionary<string, Step>
        {
            [InstantiateStep.Name] = new InstantiateStep(connection),
            [CloneStep.Name] = new CloneStep(connection),
            [ConfigureStep.Name] = new ConfigureStep(connection),
            [TagStep.Name] = new TagStep(connection),
            [StartStep.Name] = new StartStep(connection),
            [DeleteStep.Name] = new DeleteStep(connection),
            [SnapshotStep.Name] = new SnapshotStep(connection),
            [RevertStep.Name] = new RevertStep(connection),
            [SnapshotDeleteStep.Name] = new SnapshotDeleteStep(connection),
        }.ToFrozenDictionary(StringComparer.Ordinal);
}
