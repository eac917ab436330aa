using System.Text.Json;
using Anyvisor.Cli.Output;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary>The columns of guests.</summary>
internal static class GuestColumns
{
    internal static IReadOnlyList<Column> All { get; } =
        [
            new("NAME", "name"),
            new("POWER", "power,transition,presence,presenceSince", Power) { State = true },
            new("PROVIDER", "provider"),
            new("HOST", "host"),
            Column.Number("CPUS", "vcpus"),
            Column.Bytes("MEMORY", "memory"),
            new("ADDRESSES", "addresses"),
            new("KIND", "kind") { Wide = true },
            new("ARCH", "arch") { Wide = true },
            new("OS", "os", static (item, _) => Os(item.Field("os"))) { Wide = true },
            new("LIFECYCLE", "lifecycle") { Wide = true },
            new("RAW", "raw") { Wide = true },
            Column.Ago("SEEN", "observedAt") with { Wide = true },
            new("TAGS", "tags") { Wide = true },
            new("ID", "id") { Wide = true },
        ];

    /// <summary>Power in one word, with what it is on its way through and whether that can be trusted now.</summary>
    private static string Power(JsonElement guest, TimeProvider time)
    {
        var power = guest.Text("power");
        if (guest.Text("transition") is { Length: > 0 } transition and not "none")
            power += ", " + transition;
        return guest.Text("presence") is "missing" or "unreachable"
            ? $"{guest.Text("presence")} {guest.Ago("presenceSince", time)} (was {power})".Replace("  ", " ", StringComparison.Ordinal)
            : power;
    }

    private static string Os(JsonElement os) =>
        os.Text("distribution") is { Length: > 0 } distribution ? $"{distribution} {os.Text("version")}".TrimEnd() : os.Text("family");
}
