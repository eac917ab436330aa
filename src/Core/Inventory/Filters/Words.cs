using System.Collections.Immutable;
using System.Text.Json;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>The API's words for the values of an enum, by value. Values are dense from zero and fewer than 64.</summary>
internal static class Words<TEnum>
    where TEnum : struct, Enum
{
    internal static ImmutableArray<string> All { get; } =
        [.. Enum.GetValues<TEnum>().Select(v => typeof(TEnum) == typeof(Architecture) ? v.ToString().ToLowerInvariant() : JsonNamingPolicy.KebabCaseLower.ConvertName(v.ToString()))];

    internal static string Of(TEnum value) => All[Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)];
}
