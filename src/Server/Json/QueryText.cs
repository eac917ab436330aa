using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Server.Json;

/// <summary>Reads query parameters, strictly: unknown, repeated and malformed ones are errors.</summary>
internal static class QueryText
{
    internal static void RequireKnown(HttpRequest request, params ReadOnlySpan<string> known)
    {
        if (request.Query.Count == 0)
            return;
        foreach (var name in request.Query.Keys)
            if (!known.Contains(name))
            {
                var names = known.ToImmutableArray();
                throw ProblemFactory.Invalid(
                    names.IsEmpty
                        ? $"There is no parameter '{name}': this route takes none."
                        : $"There is no parameter '{name}'.{Nearest.Hint(name, names)} This route takes {string.Join(", ", names)}.",
                    NearestNames.To(name, names)
                );
            }
    }

    /// <summary>The parameter's one value; null where it is absent or empty.</summary>
    internal static string? Single(HttpRequest request, string name) =>
        request.Query[name] switch
        {
            [] or [null or ""] => null,
            [{ } value] => value,
            _ => throw ProblemFactory.Invalid($"The parameter '{name}' is given more than once."),
        };

    internal static bool Flag(HttpRequest request, string name) =>
        Single(request, name) switch
        {
            null => request.Query.ContainsKey(name),
            "true" or "1" => true,
            "false" or "0" => false,
            var other => throw ProblemFactory.Invalid($"{name} is true or false, not '{other}'."),
        };

    internal static long? Whole(HttpRequest request, string name, long least, long most) =>
        Single(request, name) switch
        {
            null => null,
            var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most =>
                number,
            var text => throw ProblemFactory.Invalid($"{name} is a whole number from {least} to {most}, not '{text}'."),
        };
}
