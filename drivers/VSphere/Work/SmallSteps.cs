using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>Makes the first disk of the new guest larger than its image's.</summary>
internal sealed class GrowStep(Connection connection) : Step(connection)
{
    public const string Name = "disk";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var made = await MadeAsync(context, cancellationToken).ConfigureAwait(false) ?? throw System.NoSuchGuest(step.Arguments["name"]);
        var disk = made.Hardware.Disks.FirstOrDefault(disk => disk.Device == "disk");
        var bytes = Number(step, "disk");
        if (disk.Key == 0)
            throw new ProviderException(ProviderError.InvalidArgument, $"'{made.Name}' has no disk to grow to {bytes} bytes: its template has none. Leave the size out.");
        if (disk.Capacity >= bytes)
            return;
        var call = new SoapCall("ReconfigVM_Task", made.Self, $"growing the disk of '{made.Name}'", writer => writer.Inside("spec", null, spec => DeviceSpecs.Grow(spec, disk, bytes)));
        await DoAsync(call, made.Self, made.Self, Transition.Reconfiguring, async token => await IsGrownAsync(step, context, token).ConfigureAwait(false), context, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await IsGrownAsync(step, context, cancellationToken).ConfigureAwait(false));

    private async Task<bool> IsGrownAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        await MadeAsync(context, cancellationToken).ConfigureAwait(false) is { } made && made.Hardware.Disks.FirstOrDefault(disk => disk.Device == "disk").Capacity >= Number(step, "disk");
}

/// <summary>Gives the new guest its tags, as custom attributes.</summary>
internal sealed class TagStep(Connection connection) : Step(connection)
{
    public const string Name = "tags";
    private const string Prefix = "tag:";

    public static ImmutableSortedDictionary<string, string> Write(ImmutableSortedDictionary<string, string> arguments, ImmutableDictionary<string, string> tags) =>
        arguments.AddRange(tags.Select(tag => KeyValuePair.Create(Prefix + tag.Key, tag.Value)));

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var made = await MadeAsync(context, cancellationToken).ConfigureAwait(false) ?? throw System.NoSuchGuest(step.Arguments["name"]);
        await System.SetTagsAsync(made, Tags(step), cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        await MadeAsync(context, cancellationToken).ConfigureAwait(false) is { } made && made.CustomValues.Length >= Tags(step).Count ? WorkStepState.Done : WorkStepState.Partial;

    private static ImmutableDictionary<string, string> Tags(WorkStep step) =>
        step.Arguments.Where(argument => argument.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToImmutableDictionary(argument => argument.Key[Prefix.Length..], argument => argument.Value);
}

/// <summary>Starts what the task made.</summary>
internal sealed class StartStep(Connection connection) : Step(connection)
{
    public const string Name = "start";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var made = await MadeAsync(context, cancellationToken).ConfigureAwait(false) ?? throw System.NoSuchGuest(step.Arguments["name"]);
        if (Mapping.Power(made.PowerWord) != PowerState.On)
            await System.StartAsync(System.Shape(made), cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await MadeAsync(context, cancellationToken).ConfigureAwait(false) is { } made && Mapping.Power(made.PowerWord) == PowerState.On);

    public override async Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await MadeAsync(context, cancellationToken).ConfigureAwait(false) is { } made && Mapping.Power(made.PowerWord) == PowerState.On)
            await System.StopAsync(System.Shape(made), cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Deletes a virtual machine with its disks, or takes it out of the inventory and leaves them.</summary>
internal sealed class DeleteStep(Connection connection) : Step(connection)
{
    public const string Name = "delete";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(step, cancellationToken).ConfigureAwait(false) is { } guest)
            await Removal.DestroyAsync(System, guest, step.Arguments["keep-disks"] == "true", context, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await FindAsync(step, cancellationToken).ConfigureAwait(false) is null);

    private Task<Inventory.GuestRecord?> FindAsync(WorkStep step, CancellationToken cancellationToken) => System.ReadAsync(new NativeId(step.Arguments["guest"]), cancellationToken);
}
