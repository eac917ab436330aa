using System.Collections.Immutable;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Core.Placement;

/// <summary>
/// Says before anything is made whether a provider has a host for a guest: if not, which rule fails on each, and which
/// other hosts of the estate can.
/// </summary>
internal static class PlacementCheck
{
    /// <summary>So many hosts are named; of more, how many.</summary>
    private const int Named = 5;

    /// <exception cref="CommandException">No host of the provider can run it, or the one that was asked for can't.</exception>
    public static void Check(CreateGuest request, EstateInventory inventory)
    {
        var image = ImageOf(request, inventory);
        var needs = GuestNeeds.Of(request, image);
        var hosts = inventory.All<Host>();
        var candidates = hosts.Where(host => host.Provider == request.Provider && (request.Host is null || Is(host, request.Host))).ToList();
        var verdicts = candidates.Select(host => (Host: host, Objection: HostRules.Objection(needs, host))).ToList();
        // A provider that shows no hosts, as clouds do, decides by itself; so does one that has no such host.
        if (verdicts.Count == 0 || verdicts.Any(verdict => verdict.Objection is null))
            return;
        var able = hosts.Where(host => host.Provider != request.Provider && host.Presence == Presence.Present && HostRules.Objection(needs, host) is null)
            .OrderBy(host => HostRules.IsNative(needs.Arch, host.Arch) ? 0 : 1)
            .ThenBy(host => host.Provider, StringComparer.Ordinal)
            .ThenBy(host => host.Name, StringComparer.Ordinal)
            .Select(host => $"{host.Provider}/{host.Name}")
            .ToImmutableArray();
        throw Refusal(request, image, [.. verdicts.Select(verdict => (verdict.Host, verdict.Objection!.Value.Rule, verdict.Objection!.Value.Reason))], able);
    }

    /// <summary>Also an image of another provider, whose guest somebody wants here.</summary>
    private static Image? ImageOf(CreateGuest request, EstateInventory inventory) =>
        request.Image is not { } reference ? null
        : inventory.Resolve<Image>($"{request.Provider}/{reference}").Found ?? inventory.Resolve<Image>(reference).Found;

    private static bool Is(Host host, string reference) => host.Name == reference || host.Id.ToString() == reference || $"{host.Provider}/{host.Name}" == reference;

    private static CommandException Refusal(CreateGuest request, Image? image, List<(Host Host, HostRule Rule, string Reason)> verdicts, ImmutableArray<string> able)
    {
        var what = image is null ? $"'{request.Name}'" : $"'{request.Name}' from the image '{image.Name}'";
        var why = string.Join("; ", verdicts.Take(Named).Select(verdict => $"host {verdict.Host.Name}: {verdict.Reason}"));
        var more = verdicts.Count > Named ? $"; and {verdicts.Count - Named} more hosts, each with its reason in 'concerns'" : "";
        var where = able.IsEmpty
            ? "No host of the estate can run it: add a provider that has one."
            : $"These can: {string.Join(", ", able.Take(Named))}{(able.Length > Named ? $" and {able.Length - Named} more" : "")}.";
        var refusal = ProblemFactory.NotCapable($"No host of {request.Provider} can run {what}. {Sentence(why)}{more}. {where}");
        return new CommandException(
            refusal.Problem with
            {
                Provider = request.Provider,
                Candidates = able,
                Concerns = [.. verdicts.Select(v => new Concern(v.Rule.Id, ConcernSeverity.Critical, v.Rule.Label, $"{v.Host.Name}: {v.Reason}."))],
            }
        );
    }

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
