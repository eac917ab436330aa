namespace Anyvisor.Cli.Output;

/// <summary>Colours of the words of state.</summary>
internal static class StateColours
{
    private const string Green = "32";
    private const string Yellow = "33";
    private const string Red = "31";
    private const string Faint = "2";

    internal static string Paint(string word, string padded) =>
        Of(word) is { } code ? $"\e[{code}m{padded}\e[0m" : padded;

    private static string? Of(string word)
    {
        var end = word.AsSpan().IndexOfAny(' ', ',');
        return (end < 0 ? word : word[..end]) switch
        {
            "on" or "connected" or "up" or "succeeded" or "done" or "present" or "native" or "yes" => Green,
            "off" or "disabled" or "none" or "no" or "-" => Faint,
            "crashed" or "failed" or "error" or "refused" or "unreachable" or "missing" or "down" or "critical" or "needs-check" => Red,
            "paused" or "suspended" or "queued" or "running" or "cancelling" or "connecting" or "syncing" or "suspicious" or "maintenance"
            or "warning" or "emulated" or "unknown" or "cancelled" => Yellow,
            _ => null,
        };
    }
}
