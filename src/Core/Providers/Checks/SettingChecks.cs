using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Core.Providers.Checks;

/// <summary>Holds settings against what a driver declares. No message repeats the value of a secret.</summary>
internal static class SettingChecks
{
    /// <summary>The setting of that name.</summary>
    /// <exception cref="Problems.CommandException">There is none; names the nearest.</exception>
    public static Setting Declared(ImmutableArray<Setting> declared, string name, string driver)
    {
        foreach (var setting in declared)
            if (setting.Name == name)
                return setting;
        var nearest = NearestNames.To(name, declared.Select(setting => setting.Name));
        var known = declared.IsEmpty ? "It has none." : $"It has: {string.Join(", ", declared.Select(setting => setting.Name))}.";
        throw ProblemFactory.Invalid(
            $"The driver {driver} has no setting '{name}'. " + (nearest.IsEmpty ? known : $"Did you mean {string.Join(" or ", nearest)}?"),
            nearest
        );
    }

    public static void RequireValid(Setting setting, string value)
    {
        if (Fault(setting, value) is { } fault)
            throw ProblemFactory.Invalid(
                setting.Secret ? $"The setting '{setting.Name}' {fault}." : $"The setting '{setting.Name}' is '{value}': it {fault}.",
                setting.Choices.IsDefault ? [] : setting.Choices
            );
    }

    public static void RequireAll(ImmutableArray<Setting> declared, Func<string, bool> has, string driver)
    {
        foreach (var setting in declared)
            if (setting.Required && setting.Default is null && !has(setting.Name))
                throw ProblemFactory.Invalid($"The driver {driver} needs the setting '{setting.Name}' ({setting.Help}). Give it with --set {setting.Name}=VALUE.");
    }

    private static string? Fault(Setting setting, string value) =>
        setting.Type switch
        {
            SettingType.Integer => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "has to be a whole number",
            SettingType.Boolean => value is "true" or "false" ? null : "has to be true or false",
            SettingType.Choice => setting.Choices.Contains(value) ? null : $"has to be one of {string.Join(", ", setting.Choices)}",
            SettingType.Duration => IsDuration(value) ? null : "has to be a length of time like 30, 500ms, 30s, 2m or 1h",
            _ => value.Length == 0 ? "is empty" : value.AsSpan().ContainsAnyInRange('\0', '\u0008') ? "holds control characters" : null,
        };

    private static bool IsDuration(string value)
    {
        foreach (var unit in (ReadOnlySpan<string>)["ms", "s", "m", "h"])
            if (value.EndsWith(unit, StringComparison.Ordinal))
                return IsNumber(value.AsSpan(0, value.Length - unit.Length));
        return IsNumber(value);
    }

    private static bool IsNumber(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
}
