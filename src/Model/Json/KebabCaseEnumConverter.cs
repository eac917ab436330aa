using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anyvisor.Model.Json;

/// <summary>Writes an enum as the kebab-case words of the API (<c>open-firmware</c>) and refuses numbers.</summary>
public sealed class KebabCaseEnumConverter<TEnum>()
    : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
