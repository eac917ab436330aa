using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim;

/// <summary>What a request may ask for, and where it fits.</summary>
internal sealed partial class Connection
{
    private static Architecture? ArchOf(CreateGuest request, Image? image)
    {
        if (!request.Settings.TryGetValue("arch", out var word))
            return image is null or { Arch: Architecture.Unknown } ? null : image.Arch;
        foreach (var arch in Enum.GetValues<Architecture>())
            if (arch != Architecture.Unknown && string.Equals(arch.ToString(), word, StringComparison.OrdinalIgnoreCase))
                return arch;
        throw NoSuch("architecture", word, Enum.GetValues<Architecture>().Skip(1).Select(arch => arch.ToString().ToLowerInvariant()));
    }

    /// <summary>The host that is asked for, or the one with the most memory free of those that can run it.</summary>
    private int HostFor(CreateGuest request, Architecture? arch)
    {
        if (request.Memory < 1 << 20)
            throw Invalid($"A simulated guest has at least 1 MiB of memory, not {request.Memory} bytes.");
        if (request.Host is { } name)
        {
            if (!estate.TryHost(name, out var asked))
                throw NoSuch("host", name, estate.Layout.HostNames);
            if (!Runs(asked, arch))
                throw new ProviderException(ProviderError.NotCapable, $"The host {name} can't run {arch} guests.");
            return Free(asked) >= request.Memory ? asked : throw TooFull($"The host {name} has {Free(asked) >> 20} MiB of memory free", request);
        }
        var best = -1;
        for (var host = 0; host < estate.Layout.HostNames.Length; host++)
            if (Runs(host, arch) && (best < 0 || Free(host) > Free(best)))
                best = host;
        if (best < 0)
            throw new ProviderException(ProviderError.NotCapable, $"No host of the simulated estate can run {arch} guests.");
        return Free(best) >= request.Memory ? best : throw TooFull($"The emptiest fitting host, {estate.Layout.HostNames[best]}, has {Free(best) >> 20} MiB of memory free", request);
    }

    private bool Runs(int host, Architecture? arch) => arch is null || estate.Layout.PlatformOf(host).Shapes.Any(shape => shape.Arch == arch);

    private long Free(int host) => estate.Layout.HostMemory - estate.UsedMemory(host);

    private void RequireFreeName(string name)
    {
        if (estate.FindByName(name) is not null)
            throw new ProviderException(ProviderError.Conflict, $"The simulated estate has a guest '{name}' already. Choose another name.");
    }

    private static string Existing(string kind, string? name, string[] known) =>
        name is null ? known[0] : Array.IndexOf(known, name) >= 0 ? name : throw NoSuch(kind, name, known);

    private static ProviderException NoSuch(string kind, string name, IEnumerable<string> known)
    {
        var nearest = NearestNames.To(name, known);
        return Invalid($"The simulated estate has no {kind} '{name}' there." + (nearest.IsEmpty ? "" : $" Nearest: {string.Join(", ", nearest)}."));
    }

    private static ProviderException TooFull(string what, CreateGuest request) =>
        new(ProviderError.CapacityExceeded, $"{what}; '{request.Name}' needs {request.Memory >> 20} MiB. Ask for less, or stop something.");

    private static ProviderException Invalid(string message) => new(ProviderError.InvalidArgument, message);
}
