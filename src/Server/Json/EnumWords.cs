using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anyvisor.Server.Json;

/// <summary>The words that the API writes for an enum. For errors and the OpenAPI document: not for hot paths.</summary>
internal static class EnumWords
{
    internal static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => Of(typeof(TEnum))[Array.IndexOf(Enum.GetValues<TEnum>(), value)];

    internal static ImmutableArray<string> Of(Type type) =>
        [
            .. type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field =>
                    field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? JsonNamingPolicy.KebabCaseLower.ConvertName(field.Name)
                ),
        ];
}
