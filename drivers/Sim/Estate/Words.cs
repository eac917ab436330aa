using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>Names, tags, findings and remarks. Every value is made once and shared by all guests that have it.</summary>
internal static class Words
{
    public static string[] Roles { get; } =
        ["web", "app", "db", "cache", "mq", "ci", "build", "mail", "dns", "ldap", "mon", "log", "file", "proxy", "batch", "erp"];

    public static string[] Environments { get; } = ["prod", "prod", "prod", "test", "dev", "stage"];

    private static string[] Teams { get; } = ["retail", "payments", "platform", "logistics", "research", "finance"];

    /// <summary>By role, environment and team.</summary>
    private static readonly ImmutableDictionary<string, string>[] AllTags =
    [
        .. from role in Roles
            from environment in Environments
            from team in Teams
            select ImmutableDictionary.CreateRange(
                [KeyValuePair.Create("env", environment), KeyValuePair.Create("role", role), KeyValuePair.Create("team", team)]
            ),
    ];

    public static ImmutableDictionary<string, string> Tags(int role, int environment, int team) =>
        AllTags[(role * Environments.Length + environment) * Teams.Length + team];

    public static int TeamCount => Teams.Length;

    public static ImmutableArray<Concern>[] Concerns { get; } =
    [
        [new("sim.tools-outdated", ConcernSeverity.Information, "Guest tools are outdated", "The guest's tools are two versions behind its host's: addresses and quiesced snapshots may be missing.", "Update the tools inside the guest.")],
        [new("sim.old-snapshot", ConcernSeverity.Warning, "Snapshot older than 30 days", "Its disks have been growing on top of a snapshot for over 30 days.", "Delete the snapshot when nobody needs it.")],
        [new("sim.disk-nearly-full", ConcernSeverity.Warning, "A file system is nearly full", "A file system inside the guest has less than 5 % left.", "Grow the disk or clean up.")],
        [new("sim.os-out-of-support", ConcernSeverity.Warning, "Operating system out of support", "Its vendor gives no more security updates for this version.", "Upgrade or replace it.")],
        [new("sim.single-path", ConcernSeverity.Critical, "One path to storage", "All but one of the paths to its disks are down: the next failure stops it.", "Check the cables, switch ports and zoning of its host.")],
    ];

    public static string[] Descriptions { get; } =
        ["Do not move: licence is bound to the host", "Order system, owner on call 24x7", "Load test target", "To be retired at year's end", "Golden source of the reports"];
}
