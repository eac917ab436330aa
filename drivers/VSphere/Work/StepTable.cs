using System.Collections.Frozen;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>The steps of this driver's plans, by name.</summary>
internal static class StepTable
{
    public static FrozenDictionary<string, Step> Of(Connection connection) =>
        new Dictionary<string, Step>
        {
            [CreateStep.Name] = new CreateStep(connection),
            [CopyStep.Name] = new CopyStep(connection),
            [GrowStep.Name] = new GrowStep(connection),
            [TagStep.Name] = new TagStep(connection),
            [StartStep.Name] = new StartStep(connection),
            [DeleteStep.Name] = new DeleteStep(connection),
            [SnapshotStep.Name] = new SnapshotStep(connection),
            [RevertStep.Name] = new RevertStep(connection),
            [SnapshotDeleteStep.Name] = new SnapshotDeleteStep(connection),
            [MigrateStep.Name] = new MigrateStep(connection),
        }.ToFrozenDictionary(StringComparer.Ordinal);
}
