using System.Globalization;
using System.Xml.Linq;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>What a snapshot's XML says.</summary>
internal sealed record SnapshotDescription(
    string Name,
    string? Description,
    string? Parent,
    DateTime? CreatedAt,
    PowerState Power,
    SnapshotConsistency Consistency,
    bool External,
    string? RevertMark
)
{
    public static SnapshotDescription Read(string xml, string name)
    {
        var snapshot = SafeXml.Parse(xml, "domainsnapshot", $"the snapshot '{name}'");
        var state = snapshot.Element("state")?.Value;
        var memory = snapshot.Element("memory").Text("snapshot");
        var mark = snapshot.Element("domain")?.Element("metadata")?.Element(XName.Get("revert", GuestMarks.RevertNamespace));
        var disks = snapshot.Element("disks")?.Elements("disk") ?? [];
        return new SnapshotDescription(
            snapshot.Element("name")?.Value ?? name,
            snapshot.Element("description")?.Value,
            snapshot.Element("parent")?.Element("name")?.Value,
            long.TryParse(snapshot.Element("creationTime")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800
                ? DateTime.UnixEpoch.AddSeconds(seconds)
                : null,
            state switch
            {
                "running" or "blocked" => PowerState.On,
                "paused" or "pmsuspended" => PowerState.Paused,
                "shutoff" or "shutdown" => PowerState.Off,
                "crashed" => PowerState.Crashed,
                "disk-snapshot" => PowerState.On,
                _ => PowerState.Unknown,
            },
            state == "disk-snapshot" && mark.Text("quiesced") is not null ? SnapshotConsistency.Application : ConsistencyOf(state, memory),
            memory == "external" || disks.Any(d => d.Text("snapshot") == "external"),
            mark.Text("task")
        );
    }

    private static SnapshotConsistency ConsistencyOf(string? state, string? memory) => (state, memory) switch
    {
        ("disk-snapshot", _) => SnapshotConsistency.Crash,
        // Off when it was taken: nothing was in flight.
        ("shutoff" or "shutdown", _) => SnapshotConsistency.Application,
        (_, "internal" or "external") => SnapshotConsistency.Memory,
        ("running" or "paused", "no") => SnapshotConsistency.Crash,
        // Daemons that write no memory element save it with a running guest.
        ("running" or "paused", null) => SnapshotConsistency.Memory,
        _ => SnapshotConsistency.Unknown,
    };
}
