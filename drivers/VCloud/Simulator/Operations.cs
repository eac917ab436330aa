using System.Globalization;
using System.Xml.Linq;

namespace Anyvisor.Drivers.VCloud.Simulator;

/// <summary>What changes the estate: checked at once, done by a task. Whoever calls holds the estate's gate.</summary>
internal sealed class Operations(SimEstate estate, SimTasks tasks, Random random, TimeProvider time)
{
    public SimTask Power(SimMachine machine, string action)
    {
        var (from, to, operation, deployed) = action switch
        {
            "powerOn" => ((int[])[SimStatus.Off, SimStatus.Suspended], SimStatus.On, "vappPowerOn", true),
            "powerOff" => ([SimStatus.On, SimStatus.Suspended], SimStatus.Off, "vappPowerOff", machine.Deployed),
            "shutdown" => ([SimStatus.On], SimStatus.Off, "vappShutdownGuest", machine.Deployed),
            "reboot" => ([SimStatus.On], SimStatus.On, "vappRebootGuest", true),
            "reset" => ([SimStatus.On], SimStatus.On, "vappReset", true),
            "suspend" => ([SimStatus.On], SimStatus.Suspended, "vappSuspend", machine.Deployed),
            _ => throw new Refusal(404, "NOT_FOUND", $"There is no power action {action}."),
        };
        if (!from.Contains(machine.Status))
            throw new Refusal(400, "INVALID_STATE", $"The requested operation {operation} on {machine.Name} is not possible: it is {SimStatus.Word(machine.Status)}.");
        return Begin(machine, operation, () => (machine.Status, machine.Deployed) = (to, deployed));
    }

    public SimTask Undeploy(SimMachine machine) =>
        machine.Deployed
            ? Begin(machine, "vappUndeployPowerOff", () => (machine.Status, machine.Deployed) = (SimStatus.Off, false))
            : throw new Refusal(400, "INVALID_STATE", $"{machine.Name} is not deployed.");

    public SimTask Edit(SimMachine machine, XElement body) =>
        body.Attribute("name")?.Value is { Length: > 0 } name
            ? Begin(machine, "vappUpdateVm", () => (machine.Name, machine.Description) = (name, Child(body, "Description")?.Value ?? machine.Description))
            : throw new Refusal(400, "BAD_REQUEST", "A virtual machine has a name.");

    public SimTask Resize(SimMachine machine, string item, XElement body)
    {
        if (!long.TryParse(Child(body, "VirtualQuantity")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) || amount < 1)
            throw new Refusal(400, "BAD_REQUEST", $"The amount of {item} is not valid.");
        if (machine.Status == SimStatus.On)
            throw new Refusal(400, "INVALID_STATE", $"{machine.Name} is running: hot add is not enabled.");
        if (item == "memory" && amount > machine.VApp.Vdc.MemoryLimitMb)
            throw new Refusal(400, "INSUFFICIENT_RESOURCES", $"The virtual datacenter {machine.VApp.Vdc.Name} has {machine.VApp.Vdc.MemoryLimitMb} MB.");
        return Begin(machine, "vappUpdateVm", () =>
        {
            if (item == "cpu")
                machine.Cpus = (int)amount;
            else
                machine.MemoryMb = amount;
        });
    }

    public SimTask Snapshot(SimMachine machine, string action, XElement? body) =>
        action switch
        {
            "createSnapshot" => Begin(machine, "vappCreateSnapshot", () => machine.Snapshot = new SimSnapshot(time.GetUtcNow(), machine.Status == SimStatus.On && body?.Attribute("memory")?.Value == "true", machine.Cpus, machine.MemoryMb)),
            "revertToCurrentSnapshot" when machine.Snapshot is { } snapshot => Begin(machine, "vappRevertToCurrentSnapshot", () =>
            {
                (machine.Cpus, machine.MemoryMb) = (snapshot.Cpus, snapshot.MemoryMb);
                machine.Status = snapshot.PoweredOn ? SimStatus.On : SimStatus.Off;
            }),
            "removeAllSnapshots" when machine.Snapshot is not null => Begin(machine, "vappRemoveAllSnapshots", () => machine.Snapshot = null),
            _ => throw new Refusal(400, "INVALID_STATE", $"{machine.Name} has no snapshot."),
        };

    public SimTask Tag(SimMachine machine, XElement body)
    {
        var entries = body.Elements().Where(element => element.Name.LocalName == "MetadataEntry")
            .Select(entry => (Key: Child(entry, "Key")?.Value ?? throw new Refusal(400, "BAD_REQUEST", "Metadata want a key."), Value: Child(entry, "TypedValue") is { } typed ? Child(typed, "Value")?.Value ?? "" : "")).ToList();
        return entries.Exists(entry => entry.Value.Length == 0)
            ? throw new Refusal(400, "BAD_REQUEST", "Metadata want a value.")
            : Begin(machine, "metadataUpdate", () => entries.ForEach(entry => machine.Metadata[entry.Key] = entry.Value));
    }

    public SimTask Untag(SimMachine machine, string key) =>
        machine.Metadata.ContainsKey(key) ? Begin(machine, "metadataDelete", () => machine.Metadata.Remove(key)) : throw Refusal.Forbidden($"metadata {key}");

    public SimTask Customize(SimMachine machine, XElement body) => Begin(machine, "vappUpdateVm", () => machine.ComputerName = Child(body, "ComputerName")?.Value ?? "");

    /// <summary>The vApp is there at once, and whole when its task ends.</summary>
    public SimVApp Instantiate(SimVdc vdc, XElement body)
    {
        var template = estate.Templates.Find(template => Refers(Child(body, "Source"), template.Uuid)) ?? throw Refusal.Forbidden("vAppTemplate");
        var network = body.Descendants().FirstOrDefault(element => element.Name.LocalName == "NetworkConfig")?.Attribute("networkName")?.Value;
        return Make(vdc, body, "vdcInstantiateVapp", vapp => new SimMachine
        {
            Uuid = SimLayout.Id(random), VApp = vapp, Name = template.Name, Cpus = template.Cpus, MemoryMb = template.MemoryMb, DiskMb = template.DiskMb, OsType = template.OsType, Mac = SimLayout.Mac(random), Network = network,
        });
    }

    public SimVApp Compose(SimVdc vdc, XElement body)
    {
        var item = Child(body, "SourcedItem");
        var source = estate.Machines.Values.FirstOrDefault(machine => Refers(item is null ? null : Child(item, "Source"), machine.Uuid)) ?? throw Refusal.Forbidden("vm");
        var general = item is null ? null : Child(item, "VmGeneralParams");
        return Make(vdc, body, "vdcComposeVapp", vapp => new SimMachine
        {
            Uuid = SimLayout.Id(random), VApp = vapp, Name = (general is null ? null : Child(general, "Name")?.Value) ?? source.Name, Cpus = source.Cpus, MemoryMb = source.MemoryMb, DiskMb = source.DiskMb, OsType = source.OsType, Mac = SimLayout.Mac(random), Network = source.Network,
        });
    }

    public SimTask Delete(SimVApp vapp)
    {
        if (vapp.Machines.Exists(machine => machine.Deployed || machine.Status == SimStatus.On))
            throw new Refusal(400, "BAD_REQUEST", $"The requested operation on vApp {vapp.Name} is not possible: it is running.");
        return tasks.Begin("vdcDeleteVapp", $"Deleting Virtual Application {vapp.Name}", $"api/vApp/vapp-{vapp.Uuid:D}", vapp.Name, "vApp", () => estate.Remove(vapp));
    }

    public SimTask Recompose(SimVApp vapp, XElement body)
    {
        var gone = vapp.Machines.Where(machine => body.Elements().Any(element => element.Name.LocalName == "DeleteItem" && Refers(element, machine.Uuid))).ToList();
        if (gone.Exists(machine => machine.Deployed))
            throw new Refusal(400, "INVALID_STATE", $"{gone.Find(machine => machine.Deployed)!.Name} is deployed.");
        return tasks.Begin("vappRecompose", $"Recomposing {vapp.Name}", $"api/vApp/vapp-{vapp.Uuid:D}", vapp.Name, "vApp", () =>
        {
            foreach (var machine in gone)
            {
                _ = vapp.Machines.Remove(machine);
                _ = estate.Machines.Remove(machine.Uuid);
            }
        });
    }

    private SimVApp Make(SimVdc vdc, XElement body, string operation, Func<SimVApp, SimMachine> machine)
    {
        var name = body.Attribute("name")?.Value ?? throw new Refusal(400, "BAD_REQUEST", "A vApp has a name.");
        if (estate.VApps.Values.Any(vapp => vapp.Vdc == vdc && vapp.Name == name))
            throw new Refusal(400, "DUPLICATE_NAME", $"The VCD entity {name} already exists.");
        var made = new SimVApp { Uuid = SimLayout.Id(random), Vdc = vdc, Name = name, Description = Child(body, "Description")?.Value ?? "", Unresolved = true };
        estate.Add(made);
        _ = tasks.Begin(operation, $"Creating Virtual Application {name}", $"api/vApp/vapp-{made.Uuid:D}", name, "vApp", () =>
        {
            made.Machines.Add(machine(made));
            estate.Machines.Add(made.Machines[0].Uuid, made.Machines[0]);
            made.Unresolved = false;
        });
        return made;
    }

    private SimTask Begin(SimMachine machine, string operation, Action effect) =>
        tasks.Begin(operation, $"{operation} {machine.Name}({machine.Uuid:D})", $"api/vApp/vm-{machine.Uuid:D}", machine.Name, "vm", effect);

    private static XElement? Child(XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    private static bool Refers(XElement? element, Guid uuid) => element?.Attribute("href")?.Value.EndsWith(uuid.ToString("D"), StringComparison.Ordinal) == true;
}
