using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Watching;
using Anyvisor.Drivers.Zvm.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm;

internal partial class Connection : IGuestCreate, IGuestDelete
{
    private const long DefaultDisk = 10L << 30;
    private const int DefaultMaxCpus = 8;

    /// <summary>The first adapter's address; each has three devices, and round numbers are the custom.</summary>
    private const int FirstNic = 0x1000;

    public async Task<WorkPlan> PlanCreateAsync(CreateGuest request, string taskId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var user = UserId.Canonical(request.Name);
        if (await _reader.EntryAsync(user, cancellationToken).ConfigureAwait(false) is { } taken && taken.Kind != EntryKind.None)
            throw new ProviderException(ProviderError.Conflict, $"{_site.First.Name} has {user} in its directory already. Choose another name for '{request.Name}'");
        if (UserId.Objection(user) is { } objection)
            throw Invalid(objection);
        var member = MemberFor(request);
        RequireSize(request, member);
        var image = await ImageForAsync(request, member, cancellationToken).ConfigureAwait(false);
        var disk = request.Disk ?? image?.Capacity ?? DefaultDisk;
        if (image?.Capacity > disk)
            throw Invalid($"The disk of {disk} bytes is smaller than the image {image.Name}, which has {image.Capacity}");
        if (member.Facts.DiskAvailable < disk)
            throw new ProviderException(ProviderError.CapacityExceeded, $"The disk pool of {member.Name} has {member.Facts.DiskAvailable >> 30} GiB left; '{request.Name}' needs {disk >> 30} GiB");
        var networks = await NetworksForAsync(request, member, cancellationToken).ConfigureAwait(false);
        var maxMemory = MaxMemory(request);
        var steps = ImmutableArray.CreateBuilder<WorkStep>();
        steps.Add(new WorkStep(Steps.Define, $"Make the user {user} on {member.Name} with a minidisk of {disk >> 30} GiB", Arguments(
            ("user", user), ("member", member.Name), ("vcpus", Number(request.Vcpus)), ("memory", Number(request.Memory)),
            ("max-memory", Number(maxMemory)), ("max-vcpus", Number(MaxCpus(request))), ("disk", Number(disk)),
            ("profile", request.Settings.GetValueOrDefault("profile", "")), ("networks", string.Join(' ', networks)), ("pool", Pool(request, member) ?? ""))));
        if (image is not null)
            steps.Add(new WorkStep(Steps.Deploy, $"Lay {image.Name} onto its disk", Arguments(("user", user), ("member", member.Name), ("image", image.Name), ("hostname", request.Settings.GetValueOrDefault("hostname", user.ToLowerInvariant())))) { Weight = 8 });
        for (var i = 0; i < networks.Length; i++)
            steps.Add(new WorkStep(Steps.Nic + Number(i), $"Connect it to {networks[i]}", Arguments(("user", user), ("member", member.Name), ("vdev", Vdev(i)), ("network", networks[i]))));
        if (request.Start)
            steps.Add(new WorkStep(Steps.Start, "Start it", Arguments(("user", user), ("member", member.Name))));
        return new WorkPlan { Steps = steps.ToImmutable(), Host = member.Name, Makes = UserId.Native(user) };
    }

    public async Task<WorkPlan> PlanDeleteAsync(Guest guest, bool keepDisks, string taskId, CancellationToken cancellationToken)
    {
        var (user, now, _) = await ForAsync(Verb.Delete, guest, cancellationToken).ConfigureAwait(false);
        if (keepDisks && !now.Disks.IsEmpty)
            throw new ProviderException(ProviderError.NotCapable, $"The minidisks of {now.Name} are part of its directory entry: z/VM can't keep them without it");
        return new WorkPlan
        {
            Host = now.Host,
            Steps = [new WorkStep(Steps.Delete, $"Delete {now.Name} with its minidisks", Arguments(("user", user.UserId), ("member", user.ManagedBy ?? _site.First.Name))) { PointOfNoReturn = true }],
        };
    }

    private Member MemberFor(CreateGuest request)
    {
        if (request.Host is not { } name)
            return _site.Members.MaxBy(member => member.Facts.FreeMemory ?? member.Facts.Memory)!;
        return _site.Find(UserId.Canonical(name)) ?? throw new ProviderException(ProviderError.NotFound, $"This provider has no line to a system '{name}': there {(_site.Members.Length == 1 ? "is" : "are")} {string.Join(", ", _site.Members.Select(member => member.Name))}");
    }

    private static void RequireSize(CreateGuest request, Member member)
    {
        if (request.Memory < 1 << 20 || request.Memory % (1 << 20) != 0)
            throw Invalid($"z/VM gives memory in whole MiB: {request.Memory} bytes are not");
        if (member.Facts.Memory > 0 && request.Memory > member.Facts.Memory * 16)
            throw new ProviderException(ProviderError.CapacityExceeded, $"{member.Name} has {member.Facts.Memory >> 20} MiB of memory; {request.Memory >> 20} MiB would be more than sixteen times as much");
        // The connector's own schema: max_cpu is 1 to 64.
        if (request.Vcpus is < 1 or > 64)
            throw new ProviderException(ProviderError.CapacityExceeded, $"A z/VM guest has 1 to 64 processors, not {request.Vcpus}");
    }

    private static int MaxCpus(CreateGuest request)
    {
        if (!request.Settings.TryGetValue("max-cpus", out var text))
            return Math.Max(DefaultMaxCpus, request.Vcpus);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most >= request.Vcpus && most <= 64
            ? most
            : throw Invalid($"max-cpus takes a number from {request.Vcpus} to 64, not '{text}'");
    }

    private static long MaxMemory(CreateGuest request)
    {
        if (!request.Settings.TryGetValue("max-memory", out var text))
            return Math.Min(request.Memory * 4, 9999L << 30);
        return Sizes.Bytes(text.Replace("iB", "", StringComparison.OrdinalIgnoreCase)) is { } most && most >= request.Memory && most % (1 << 20) == 0
            ? most
            : throw Invalid($"max-memory takes a size of at least the guest's memory, as 16GiB, not '{text}'");
    }

    private static async Task<ImageFacts?> ImageForAsync(CreateGuest request, Member member, CancellationToken cancellationToken)
    {
        if (request.Image is not { } name)
            return null;
        if (member.System is not FeilongSystem)
            throw new ProviderException(ProviderError.NotFound, $"There is no image '{name}': the management API keeps none. Leave it away, or add the system by its cloud connector");
        var images = await member.System.ListImagesAsync(cancellationToken).ConfigureAwait(false);
        if (images.FirstOrDefault(image => image.Name == name || ObjectFactory.ImageId(image.Name).ToString() == name) is { } image)
            return image;
        var nearest = NearestNames.To(name, images.Select(known => known.Name));
        throw new ProviderException(ProviderError.NotFound, $"The cloud connector of {member.Name} has no image '{name}'." + (nearest.IsEmpty ? "" : $" Nearest: {string.Join(", ", nearest)}."));
    }

    private static async Task<ImmutableArray<string>> NetworksForAsync(CreateGuest request, Member member, CancellationToken cancellationToken)
    {
        var known = await member.System.ListNetworksAsync(cancellationToken).ConfigureAwait(false);
        if (request.Networks.IsEmpty)
            return known.FirstOrDefault(network => network.Active && !network.Name.StartsWith("DTC", StringComparison.Ordinal)) is { } usual ? [usual.Name] : [];
        return [.. request.Networks.Select(name => known.Any(network => network.Name == UserId.Canonical(name))
            ? UserId.Canonical(name)
            : throw new ProviderException(ProviderError.NotFound, $"{member.Name} has no virtual switch '{name}': there are {string.Join(", ", known.Select(network => network.Name))}"))];
    }

    /// <summary>A pool by its own name (<c>ECKD:POOL1</c>), or the connector's usual one by ours.</summary>
    private static string? Pool(CreateGuest request, Member member) => request.Datastore switch
    {
        null => null,
        var name when name == ObjectFactory.PoolName(member) => null,
        var name when name.IndexOf(':', StringComparison.Ordinal) is > 0 and var at && name[..at].ToUpperInvariant() is "ECKD" or "FBA" => name,
        var name => throw new ProviderException(ProviderError.NotFound, $"{member.Name} has no disk pool '{name}': give {ObjectFactory.PoolName(member)} for the usual one, or another as ECKD:NAME or FBA:NAME"),
    };

    internal static string Vdev(int adapter) => (FirstNic + adapter * 0x10).ToString("X4", CultureInfo.InvariantCulture);

    private static ImmutableSortedDictionary<string, string> Arguments(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var arguments = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
            arguments.Add(name, value);
        return arguments.ToImmutable();
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static ProviderException Invalid(string message) => new(ProviderError.InvalidArgument, message);
}
