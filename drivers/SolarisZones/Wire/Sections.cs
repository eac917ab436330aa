using Anyvisor.Driver;

namespace Anyvisor.Drivers.SolarisZones.Wire;

/// <summary>What a script of <see cref="Scripts"/> said, by section. A text that was cut off is refused.</summary>
internal static class Sections
{
    /// <summary>In their order, without the last; what comes before the first has an empty title.</summary>
    /// <exception cref="ProviderException">The last section is not there.</exception>
    public static List<(string Title, string Text)> Read(string output, string doing)
    {
        var sections = new List<(string, string)>();
        var (title, from) = ("", 0);
        while (true)
        {
            var at = Next(output, from);
            if (at < 0)
                throw new ProviderException(ProviderError.ProtocolViolation, $"What the global zone said to {doing} is cut off: its end is missing.");
            sections.Add((title, output[from..at]));
            var end = output.IndexOf('\n', at);
            title = (end < 0 ? output[(at + Scripts.Mark.Length)..] : output[(at + Scripts.Mark.Length)..end]).TrimEnd('\r');
            if (title == Scripts.End)
                return sections;
            from = end < 0 ? output.Length : end + 1;
        }
    }

    public static Dictionary<string, string> ByTitle(string output, string doing)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (title, text) in Read(output, doing))
            all[title] = text;
        return all;
    }

    public static IEnumerable<string> Lines(string? text) => (text ?? "").Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    // A mark stands at the beginning of a line.
    private static int Next(string output, int from)
    {
        for (var at = from; (at = output.IndexOf(Scripts.Mark, at, StringComparison.Ordinal)) >= 0; at++)
            if (at == 0 || output[at - 1] == '\n')
                return at;
        return -1;
    }
}
