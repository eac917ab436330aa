using System.Globalization;
using System.Text;

namespace Anyvisor.Server.Metrics;

/// <summary>OpenTelemetry's names in Prometheus' alphabet: <c>http.server.request.duration</c> in seconds becomes <c>http_server_request_duration_seconds</c>.</summary>
internal static class PrometheusNames
{
    private const int LongestLabel = 128;

    internal static string Metric(string name, string? unit, bool counter)
    {
        var text = Letters(name);
        var suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            // Counted things ({request}) are in the name already.
            _ => "",
        };
        if (suffix.Length > 0 && !text.EndsWith(suffix, StringComparison.Ordinal))
            text += suffix;
        return counter && !text.EndsWith("_total", StringComparison.Ordinal) ? text + "_total" : text;
    }

    internal static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(Letters(name)).Append("=\"");
            Escape(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            text.Append('"');
        }
        return text.ToString();
    }

    internal static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString(CultureInfo.InvariantCulture);

    internal static string Help(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static void Escape(StringBuilder text, string value)
    {
        foreach (var c in value.AsSpan(0, Math.Min(value.Length, LongestLabel)))
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(c),
            };
    }

    private static string Letters(string name) =>
        string.Create(
            name.Length,
            name,
            static (into, from) =>
            {
                for (var i = 0; i < into.Length; i++)
                    into[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
            }
        );
}
