namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>Does what jobs ask for, a little later, as hardware does.</summary>
internal sealed class Operations(HmcEstate estate, Jobs jobs, TimeProvider time)
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan Leg = TimeSpan.FromMilliseconds(100);

    /// <summary>Begins a job; what is wrong with it is found when it runs.</summary>
    public void Begin(SimJob job) => _ = RunAsync(job);

    private async Task RunAsync(SimJob job)
    {
        try
        {
            await Task.Delay(Short, time, CancellationToken.None).ConfigureAwait(false);
            job.Status = "RUNNING";
            await DoAsync(job).ConfigureAwait(false);
            job.Progress = 1;
            job.Status = "COMPLETED_OK";
        }
        catch (Refusal e)
        {
            job.Results.Add(("result", e.Message));
            job.Status = "COMPLETED_WITH_ERROR";
        }
        catch (OperationCanceledException)
        {
            job.Results.Add(("result", "HSCLA2A0 The migration was stopped by the user."));
            job.Status = "COMPLETED_WITH_ERROR";
        }
    }

    private Task DoAsync(SimJob job) =>
        job.Operation switch
        {
            "PowerOn" => PowerOnAsync(job),
            "PowerOff" => PowerOffAsync(job),
            "MigrateValidate" => ValidateAsync(job),
            "Migrate" => MigrateAsync(job),
            "MigrateAbort" => AbortAsync(job),
            "MigrateRecover" => RecoverAsync(job),
            "capture" => CaptureAsync(job),
            "CLIRunner" => CommandAsync(job),
            _ => throw new Refusal(500, "Unknown internal error.", $"REST0011 The operation {job.Operation} is not valid."),
        };

    private async Task PowerOnAsync(SimJob job)
    {
        lock (estate.Gate)
        {
            var p = Partition(job);
            if (p.State != "not activated")
                throw new Refusal(500, "", $"HSCL05DB The partition {p.Name} is already active.");
            if (p.System.State != "operating")
                throw new Refusal(500, "", $"HSCL8018 The managed system {p.System.Name} is not connected.");
            if (p.Memory > p.System.Memory - 8192 - p.System.UsedMemory)
                throw new Refusal(500, "", $"HSCL03EC There is not enough memory to activate partition {p.Name}: {p.Memory} MB are needed.");
            p.BootMode = job.Parameters.GetValueOrDefault("bootmode") == "sms" ? "System_Management_Services" : "Normal";
            p.Keylock = job.Parameters.GetValueOrDefault("keylock") == "manual" ? "manual" : p.Keylock;
            if (p.ProfileMemory is { } wanted && job.Parameters.ContainsKey("LogicalPartitionProfile"))
                p.Memory = wanted;
            estate.To(p, "starting");
        }
        await Task.Delay(Short, time, CancellationToken.None).ConfigureAwait(false);
        lock (estate.Gate)
            estate.To(Partition(job), Up(Partition(job)));
    }

    private async Task PowerOffAsync(SimJob job)
    {
        var (graceful, restart) = (job.Parameters.GetValueOrDefault("operation") == "osshutdown" || job.Parameters.GetValueOrDefault("immediate") == "false", job.Parameters.GetValueOrDefault("restart") == "true");
        lock (estate.Gate)
        {
            var p = Partition(job);
            if (p.State == "not activated")
                throw new Refusal(500, "", $"HSCL05DC The partition {p.Name} is already powered off: its partition state is Not Activated.");
            if (job.Parameters.GetValueOrDefault("operation") == "osshutdown" && p.Rmc != "active")
                throw new Refusal(500, "", $"HSCL0DB4 There is no RMC connection between the management console and the partition {p.Name}.");
            jobs.Migration(p.Key)?.Abort.Cancel();
            if (graceful)
                estate.To(p, "shutting down");
        }
        await Task.Delay(graceful ? Short * 3 : Short, time, CancellationToken.None).ConfigureAwait(false);
        lock (estate.Gate)
            estate.To(Partition(job), restart ? Up(Partition(job)) : "not activated");
    }

    private Task ValidateAsync(SimJob job)
    {
        lock (estate.Gate)
            _ = Target(job);
        return Task.CompletedTask;
    }

    private async Task MigrateAsync(SimJob job)
    {
        string before;
        lock (estate.Gate)
        {
            _ = Target(job);
            var p = Partition(job);
            before = p.State;
            (p.ProgressTotal, p.ProgressLeft, p.MigrationState) = (p.Memory, p.Memory, "Migrating");
            estate.To(p, p.On ? "migrating running" : "migrating not active");
        }
        try
        {
            for (var leg = 1; leg <= 10; leg++)
            {
                await Task.Delay(Leg, time, job.Abort.Token).ConfigureAwait(false);
                job.Progress = leg / 10d;
                lock (estate.Gate)
                    Partition(job).ProgressLeft = Partition(job).ProgressTotal * (10 - leg) / 10;
            }
            lock (estate.Gate)
                Arrive(Partition(job), Target(job));
        }
        finally
        {
            lock (estate.Gate)
            {
                var p = Partition(job);
                (p.ProgressTotal, p.ProgressLeft, p.MigrationState) = (0, 0, "Not_Migrating");
                if (p.State.StartsWith("migrating", StringComparison.Ordinal))
                    estate.To(p, before);
            }
        }
    }

    private void Arrive(SimPartition p, SimSystem to)
    {
        var from = p.System;
        estate.Events.Tell("DELETE_URI", HmcEstate.Address(p), "");
        _ = from.Partitions.Remove(p.Uuid);
        var disks = HmcEstate.ViosOf(from).SelectMany(vios => vios.Mappings).Where(m => m.Partition == p.Uuid).Select(m => m.Disk).Distinct().ToList();
        foreach (var vios in HmcEstate.ViosOf(from).Where(vios => vios.Mappings.RemoveAll(m => m.Partition == p.Uuid) > 0))
            estate.Changed(vios, "ViosSCSIMapping");
        p.System = to;
        to.Partitions[p.Uuid] = p;
        foreach (var adapter in p.Adapters.ToList())
            p.Adapters[p.Adapters.IndexOf(adapter)] = adapter with { Switch = to.Switches[from.Switches.FindIndex(s => s.Uuid == adapter.Switch) is var at and >= 0 ? at : 0].Uuid };
        foreach (var disk in disks)
        {
            var vios = HmcEstate.ViosOf(to).First();
            vios.Mappings.Add(new SimMapping(p.Uuid, p.Id, 4, 10 + vios.Mappings.Count, $"vhost{vios.Mappings.Count}", $"vtscsi{vios.Mappings.Count}", disk));
            estate.Changed(vios, "ViosSCSIMapping");
        }
        estate.Events.Tell("ADD_URI", HmcEstate.Address(p), "");
    }

    private async Task AbortAsync(SimJob job)
    {
        var migration = jobs.Migration(Key(job)) ?? throw new Refusal(500, "", "HSCLA2A1 The partition is not migrating.");
        await migration.Abort.CancelAsync().ConfigureAwait(false);
        while (migration.Status == "RUNNING")
            await Task.Delay(Short, time, CancellationToken.None).ConfigureAwait(false);
    }

    private Task RecoverAsync(SimJob job)
    {
        lock (estate.Gate)
            Partition(job).MigrationState = "Not_Migrating";
        return Task.CompletedTask;
    }

    private Task CaptureAsync(SimJob job)
    {
        lock (estate.Gate)
        {
            var p = Partition(job);
            var name = job.Parameters.GetValueOrDefault("TemplateName") ?? throw new Refusal(500, "", "REST0011 TemplateName is not valid.");
            if (estate.Templates.Any(t => t.Name == name))
                throw new Refusal(500, "", $"REST02A0 A template named {name} already exists.");
            estate.Templates.Add(new SimTemplate(Guid.NewGuid(), name, p.Name, p.Type, p.Processors, p.Units, p.Memory, "VLAN1-ETHERNET0"));
        }
        return Task.CompletedTask;
    }

    private Task CommandAsync(SimJob job)
    {
        if (job.Parameters.GetValueOrDefault("acknowledgeThisAPIMayGoAwayInTheFuture") != "true")
            throw new Refusal(500, "", "REST0011 The parameter acknowledgeThisAPIMayGoAwayInTheFuture is required.");
        lock (estate.Gate)
        {
            var (code, text) = CommandLine.Run(estate, job.Parameters.GetValueOrDefault("cmd") ?? "");
            job.Results.Add(("returnCode", code.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            job.Results.Add(("result", text));
        }
        return Task.CompletedTask;
    }

    private SimSystem Target(SimJob job)
    {
        var p = Partition(job);
        var name = job.Parameters.GetValueOrDefault("TargetManagedSystemName");
        var to = estate.Systems.Find(s => s.Name == name) ?? throw new Refusal(500, "", $"HSCL8018 The managed system {name} was not found.");
        if (to.State != "operating")
            throw new Refusal(500, "", $"HSCLA2DF The managed system {name} is in the state {to.State}.");
        if (p.On && p.Rmc != "active" && !p.State.StartsWith("migrating", StringComparison.Ordinal))
            throw new Refusal(500, "", $"HSCLA295 There is no RMC connection to the partition {p.Name}.");
        if (p.Memory > to.Memory - 8192 - to.UsedMemory)
            throw new Refusal(500, "", $"HSCL03EC There is not enough memory: {p.Memory} MB on the managed system {name}.");
        var served = estate.Systems.SelectMany(HmcEstate.ViosOf).SelectMany(vios => vios.Mappings.Select(m => (vios, m))).Where(x => x.m.Partition == p.Uuid).ToList();
        if (served.Any(x => x.vios.VolumeGroups.Any(group => group.Disks.Contains(x.m.Disk))))
            throw new Refusal(500, "", $"HSCLA24E The migrating partition's virtual SCSI adapter {served[0].m.ClientSlot} cannot be hosted by the existing virtual I/O server (VIOS) partitions on the destination managed system.");
        return to;
    }

    private static string Up(SimPartition p) => p.BootMode == "System_Management_Services" || !p.HasOs ? "open firmware" : "running";

    private SimPartition Partition(SimJob job) =>
        estate.Partitions.GetValueOrDefault(Guid.Parse(Key(job))) ?? throw new Refusal(500, "", "HSCL8012 The partition was not found.");

    private static string Key(SimJob job) => job.Path.Split('/')[1];
}
