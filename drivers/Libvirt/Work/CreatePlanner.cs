using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Libvirt.Seed;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Work;

/// <summary>Lays out the making of a guest, and checks all that can be checked without changing anything.</summary>
internal sealed class CreatePlanner(Daemon daemon, ImageFinder images)
{
    public async Task<WorkPlan> PlanAsync(CreateGuest request, string taskId, CancellationToken cancellationToken)
    {
        var host = daemon.Host;
        if (!host.Traits.Creates)
            throw new ProviderException(ProviderError.NotCapable, $"The driver makes guests of QEMU hosts only so far; {host.Hostname} is {host.Traits.Name}. Define the guest there with the system's own tools: it is then shown and managed here.");
        if (request.Host is { } wanted && wanted != host.Hostname)
            throw new ProviderException(ProviderError.NotFound, $"There is no host '{wanted}'. There is: {host.Hostname}.");
        var settings = GuestSettings.Parse(request.Settings, hasUserData: false);
        var freeName = daemon.RequireFreeNameAsync(request.Name, cancellationToken);
        var image = request.Image is null ? null : await images.RequireAsync(request.Image, cancellationToken).ConfigureAwait(false);
        await freeName.ConfigureAwait(false);
        var machine = await MachineAsync(settings, image, cancellationToken).ConfigureAwait(false);
        var firmware = FirmwareOf(settings, image, machine);
        var concerns = await CapacityAsync(request, machine, cancellationToken).ConfigureAwait(false);
        var nics = await NicsAsync(request, cancellationToken).ConfigureAwait(false);
        var uuid = Guid.NewGuid();
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        var disk = await DiskAsync(request, settings, image, taskId, steps, cancellationToken).ConfigureAwait(false);
        var domain = new NewDomain
        {
            Uuid = uuid,
            Name = request.Name,
            Machine = machine,
            Settings = settings,
            Firmware = firmware,
            Vcpus = request.Vcpus,
            MaxVcpus = settings.Room(Mapping.Arch(machine.ArchName), request.Vcpus, machine.MaxVcpus),
            Memory = request.Memory,
            DiskPath = disk?.Path,
            DiskFormat = settings.DiskFormat,
            SeedPath = await SeedAsync(request, settings, uuid, taskId, steps, cancellationToken).ConfigureAwait(false),
            Nics = nics,
            Marks = new GuestMarks
            {
                Task = taskId,
                Image = image?.Name,
                Os = image?.Sidecar?.Os ?? OperatingSystemInfo.Unknown,
                CreatedAt = daemon.Time.GetUtcNow().UtcDateTime,
                Tags = request.Tags,
            },
        };
        steps.Add(DefineStep.For(uuid, request.Name, DomainWriter.Write(domain)));
        if (request.Start)
            steps.Add(StartStep.For(uuid, request.Name));
        return new WorkPlan { Steps = steps.ToImmutable(), Host = host.Hostname, Makes = new NativeId(uuid), Concerns = concerns };
    }

    private async Task<DomainCapabilities> MachineAsync(GuestSettings settings, FoundImage? image, CancellationToken cancellationToken)
    {
        var host = daemon.Host;
        var imageArch = image?.Sidecar?.Arch ?? Architecture.Unknown;
        var arch = settings.Arch ?? (imageArch != Architecture.Unknown ? imageArch : host.Arch);
        if (settings.Arch is { } asked && imageArch != Architecture.Unknown && asked != imageArch)
            throw new ProviderException(ProviderError.InvalidArgument, $"The image '{image!.Name}' is for {Mapping.ArchName(imageArch)} and does not start on {Mapping.ArchName(asked)}.");
        var name = Mapping.ArchName(arch);
        var offered = host.Capabilities.Guests.FirstOrDefault(g => g.ArchName == name && g.OsType == "hvm");
        if (name is null || offered is null)
            throw new ProviderException(
                ProviderError.NotCapable,
                $"{host.Hostname} has no emulator for {name ?? arch.ToString()}. It starts guests of: {string.Join(", ", host.Capabilities.Guests.Select(g => g.ArchName).Distinct())}. Install QEMU's package for it there, and connect again."
            );
        var native = arch == host.Arch || (arch == Architecture.I686 && host.Arch == Architecture.X86_64);
        var kvm = settings.Acceleration switch
        {
            AccelerationChoice.Kvm => true,
            AccelerationChoice.Tcg => false,
            _ => native && host.Acceleration.Kvm,
        };
        if (kvm && !offered.DomainTypes.Contains("kvm"))
            throw new ProviderException(ProviderError.NotCapable, $"libvirt on {host.Hostname} offers no KVM for {name}: take accel=auto or tcg.");
        return await daemon.CapabilitiesAsync(name, kvm ? "kvm" : "qemu", settings.Machine ?? DomainWriter.UsualMachine(arch), cancellationToken).ConfigureAwait(false);
    }

    private Firmware FirmwareOf(GuestSettings settings, FoundImage? image, DomainCapabilities machine)
    {
        var arch = Mapping.Arch(machine.ArchName);
        var wanted = settings.Firmware ?? (image?.Sidecar?.Firmware is Firmware.Uefi or Firmware.Bios ? image.Sidecar.Firmware : null);
        var needsUefi = arch is Architecture.Aarch64 && settings.Kernel is null;
        var uefi = wanted == Firmware.Uefi || (wanted is null && needsUefi);
        if (uefi && !machine.Uefi)
            throw new ProviderException(ProviderError.NotCapable, $"libvirt on {daemon.Host.Hostname} has no UEFI firmware for {machine.ArchName} {machine.Machine}: install it there (ovmf, qemu-efi-aarch64).");
        if (wanted == Firmware.Bios && arch is not (Architecture.X86_64 or Architecture.I686))
            throw new ProviderException(ProviderError.InvalidArgument, $"firmware=bios is for x86 guests; {machine.ArchName} has none.");
        return uefi ? Firmware.Uefi : Firmware.Bios;
    }

    private async Task<ImmutableArray<Concern>> CapacityAsync(CreateGuest request, DomainCapabilities machine, CancellationToken cancellationToken)
    {
        var host = daemon.Host;
        if (request.Vcpus < 1 || request.Memory < 1 << 20)
            throw new ProviderException(ProviderError.InvalidArgument, "A guest needs at least one processor and 1 MiB of memory.");
        if (request.Vcpus > machine.MaxVcpus)
            throw new ProviderException(
                ProviderError.CapacityExceeded,
                $"{request.Vcpus} processors are more than the {machine.MaxVcpus} that the machine type {machine.Machine} has at most on {host.Hostname} (libvirt's domain capabilities)."
            );
        if (request.Memory > host.Memory)
            throw new ProviderException(
                ProviderError.CapacityExceeded,
                $"{Storage.Size(request.Memory)} of memory are more than the {Storage.Size(host.Memory)} that {host.Hostname} has."
            );
        var concerns = ImmutableArray.CreateBuilder<Concern>();
        var free = (long)Math.Min(await Calls.AskAsync(daemon.Client.NodeGetFreeMemoryAsync(cancellationToken), $"read the free memory of {host.Hostname}").ConfigureAwait(false), long.MaxValue);
        if (request.Memory > free)
            concerns.Add(new Concern("libvirt.little-memory", ConcernSeverity.Warning, "Little free memory", $"{Storage.Size(request.Memory)} are asked for and {Storage.Size(free)} are free on {host.Hostname} now: the host may swap, or refuse to start the guest."));
        if (request.Vcpus > host.Cpus)
            concerns.Add(new Concern("libvirt.cpu-overcommit", ConcernSeverity.Warning, "More processors than the host", string.Create(CultureInfo.InvariantCulture, $"{request.Vcpus} processors are asked for and {host.Hostname} has {host.Cpus}: the guest is slower than with fewer.")));
        if (machine.Type == "qemu")
            concerns.Add(new Concern("libvirt.emulated", ConcernSeverity.Warning, "Emulated", host.Acceleration.WhyNot is { } why && machine.ArchName == host.Capabilities.ArchName ? why : $"The processor ({machine.ArchName}) is emulated on this {host.Capabilities.ArchName} host: the guest is many times slower than on its own kind."));
        return concerns.DrainToImmutable();
    }

    private async Task<ImmutableArray<(string? Network, MacAddress Mac)>> NicsAsync(CreateGuest request, CancellationToken cancellationToken)
    {
        var there = await Calls.AskAsync(daemon.Client.ConnectListAllNetworksAsync(0, cancellationToken), "list the networks").ConfigureAwait(false);
        if (request.Networks.IsDefaultOrEmpty)
        {
            var usual = there.Where(n => n.Name == "default").Select(n => (NetworkRef?)n).FirstOrDefault();
            var active = usual is { } found && await Calls.AskAsync(daemon.Client.NetworkIsActiveAsync(found, cancellationToken), "read the network 'default'").ConfigureAwait(false);
            return [(active ? "default" : null, DomainWriter.RandomMac())];
        }
        var nics = ImmutableArray.CreateBuilder<(string?, MacAddress)>();
        foreach (var name in request.Networks)
        {
            if (name == "user")
            {
                nics.Add((null, DomainWriter.RandomMac()));
                continue;
            }
            if (!there.Any(n => n.Name == name))
                throw new ProviderException(ProviderError.NotFound, $"There is no network '{name}'. There is: {string.Join(", ", there.Select(n => n.Name).Append("user").Order(StringComparer.Ordinal))}.");
            var network = there.First(n => n.Name == name);
            if (request.Start && !await Calls.AskAsync(daemon.Client.NetworkIsActiveAsync(network, cancellationToken), $"read the network '{name}'").ConfigureAwait(false))
                throw new ProviderException(ProviderError.Conflict, $"The network '{name}' is not active: start it on {daemon.Host.Hostname} (virsh net-start {name}), or take another.");
            nics.Add((name, DomainWriter.RandomMac()));
        }
        return nics.DrainToImmutable();
    }

    private async Task<(string Pool, string Path)?> DiskAsync(
        CreateGuest request,
        GuestSettings settings,
        FoundImage? image,
        string taskId,
        ImmutableArray<WorkStep>.Builder steps,
        CancellationToken cancellationToken
    )
    {
        if (image is null && request.Disk is null)
            return null;
        var capacity = request.Disk ?? image!.Capacity;
        if (capacity < (image?.Capacity ?? 1))
            throw new ProviderException(ProviderError.InvalidArgument, $"A disk of {Storage.Size(capacity)} is too small for the image '{image!.Name}', which needs {Storage.Size(image.Capacity)}.");
        var (pool, root, available) = await PoolAsync(request.Datastore, steps, cancellationToken).ConfigureAwait(false);
        var copy = image is not null && (settings.FullCopy || settings.DiskFormat == "raw");
        var needed = copy ? image!.Allocation : settings.DiskFormat == "raw" ? 0 : 1 << 20;
        if (needed > available)
            throw new ProviderException(ProviderError.CapacityExceeded, $"The disk needs {Storage.Size(needed)} and the datastore '{pool}' has {Storage.Size(available.Value)} left.");
        var volume = $"{request.Name}-{taskId}.{settings.DiskFormat}";
        steps.Add(
            copy
                ? VolumeStep.Copy("disk", $"Copy the image {image!.Name} to {volume} in {pool}", pool, volume, capacity, settings.DiskFormat, image.Volume, null)
                : VolumeStep.Overlay("disk", $"Create the disk {volume} in {pool}", pool, volume, capacity, settings.DiskFormat, image?.Path, image?.Format)
        );
        return (pool, $"{root}/{volume}");
    }

    private async Task<string?> SeedAsync(CreateGuest request, GuestSettings settings, Guid uuid, string taskId, ImmutableArray<WorkStep>.Builder steps, CancellationToken cancellationToken)
    {
        if (!settings.HasUserData && settings.MetaData is null && settings.NetworkConfig is null)
            return null;
        var prepared = steps.Any(s => s.Arguments[StepArguments.Kind] == PoolStep.Kind);
        var (pool, root, _) = await PoolAsync(request.Datastore, prepared ? null : steps, cancellationToken).ConfigureAwait(false);
        var volume = $"{request.Name}-{taskId}-seed.iso";
        steps.Add(
            StepArguments.Make(
                "seed",
                SeedStep.Kind,
                $"Write the cloud-init seed {volume} in {pool}",
                ("pool", pool),
                ("volume", volume),
                ("meta-data", settings.MetaData ?? NoCloudSeed.MetaData(uuid, request.Name)),
                ("network-config", settings.NetworkConfig)
            )
        );
        return $"{root}/{volume}";
    }

    /// <summary>The pool that disks go to, and the folder that it is; our own is made when it is missing.</summary>
    private async Task<(string Name, string Path, long? Available)> PoolAsync(string? asked, ImmutableArray<WorkStep>.Builder? steps, CancellationToken cancellationToken)
    {
        var name = asked ?? daemon.Settings.DiskPool;
        if (name == daemon.Settings.DiskPool && await daemon.Storage.FindPoolAsync(name, cancellationToken).ConfigureAwait(false) is not { Active: true } and var found)
        {
            steps?.Add(PoolStep.For(name, found, daemon.Settings)!);
            return (name, found?.Description.Path ?? $"{daemon.Settings.PoolRoot}/{name}", null);
        }
        var pool = await daemon.Storage.RequireFilePoolAsync(name, cancellationToken).ConfigureAwait(false);
        if (!pool.Active)
            throw new ProviderException(ProviderError.Conflict, $"The datastore '{name}' is not active: start it on {daemon.Host.Hostname} (virsh pool-start {name}).");
        return (name, pool.Description.Path!.TrimEnd('/'), pool.Available);
    }
}
