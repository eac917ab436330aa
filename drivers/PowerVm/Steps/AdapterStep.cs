using System.Xml.Linq;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.PowerVm.Wire;

namespace Anyvisor.Drivers.PowerVm.Steps;

/// <summary>Gives the new partition a virtual Ethernet adapter, in a slot that the plan fixed: so twice is once.</summary>
internal sealed class AdapterStep(Connection connection) : Step(connection)
{
    public const string Name = "network";

    public override async Task RunAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken)
    {
        var made = await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) ?? throw Console.NoSuchGuest(step.Arguments["name"]);
        if (await HasAsync(step, made.Facts.Path, cancellationToken).ConfigureAwait(false))
            return;
        var what = $"connecting '{made.Guest.Name}' to {step.Arguments["network"]}";
        _ = await Console.Client.SendAsync(HmcRequest.Uom(HttpMethod.Put, $"{made.Facts.Path}/ClientNetworkAdapter", "ClientNetworkAdapter", Body(step), what), cancellationToken).ConfigureAwait(false);
        Console.Watched.Poke(dirt => dirt.Partition(made.Facts.Uuid, nics: true));
        context.Progress.Report(1);
    }

    public override async Task<WorkStepState> InspectAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) =>
        DoneIf(await MadeAsync(step, context, cancellationToken).ConfigureAwait(false) is { } made && await HasAsync(step, made.Facts.Path, cancellationToken).ConfigureAwait(false));

    /// <summary>The adapter goes with its partition, which this task made.</summary>
    public override Task UndoAsync(WorkStep step, WorkContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> HasAsync(WorkStep step, string partition, CancellationToken cancellationToken)
    {
        try
        {
            var adapters = await Console.Client.ListAsync($"{partition}/ClientNetworkAdapter", "listing adapters", cancellationToken).ConfigureAwait(false);
            return adapters.Any(adapter => adapter.Content.Whole("VirtualSlotNumber") == Whole(step, "slot"));
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            return false;
        }
    }

    private string Body(WorkStep step)
    {
        var ns = HmcXml.Uom;
        var given = step.Arguments;
        return new XElement(
            ns + "ClientNetworkAdapter",
            new XAttribute("schemaVersion", "V1_0"),
            new XElement(ns + "Metadata", new XElement(ns + "Atom")),
            new XElement(ns + "VirtualSlotNumber", given["slot"]),
            new XElement(ns + "PortVLANID", given["vlan"]),
            given.TryGetValue("switch", out var on)
                ? new XElement(ns + "AssociatedVirtualSwitch", new XElement(ns + "link", new XAttribute("href", new Uri(Console.Client.Root, $"uom/ManagedSystem/{given["system"]}/VirtualSwitch/{on}")), new XAttribute("rel", "related")))
                : null
        ).ToString(SaveOptions.DisableFormatting);
    }
}
