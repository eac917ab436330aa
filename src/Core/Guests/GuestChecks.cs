using System.Collections.Immutable;
using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests;

/// <summary>
/// What a request must look like before anybody is asked: shapes and our own limits. What a system allows beyond that,
/// its driver reads from the system and says.
/// </summary>
internal static class GuestChecks
{
    private const int MaxName = 128;
    private const int MaxVcpus = 4096;
    private const long MinMemory = 1L << 20;
    private const long MaxMemory = 64L << 40;
    private const long MaxDisk = 8L << 50;
    private const int MaxNetworks = 64;
    private const int MaxTags = 64;
    private const int MaxTagKey = 128;
    private const int MaxTagValue = 1024;
    private const int MaxSetting = 64 << 10;

    public static void Check(CreateGuest request, DriverInfo? driver)
    {
        CheckName(request.Name);
        CheckSize(request.Vcpus, request.Memory);
        if (request.Disk is { } disk and (< 1 or > MaxDisk))
            throw ProblemFactory.Invalid($"disk is {disk} bytes: it takes 1 byte to {MaxDisk >> 50} PiB.");
        if (!request.Networks.IsDefault && request.Networks.Length > MaxNetworks)
            throw ProblemFactory.Invalid($"{request.Networks.Length} networks are more than a guest takes ({MaxNetworks}).");
        foreach (var (key, value) in request.Tags)
            CheckTag(key, value);
        CheckCount(request.Tags.Count);
        if (driver is not null)
        {
            CheckSettings(request.Settings, driver.GuestSettings, $"for a guest of the driver '{driver.Kind}'");
            foreach (var missing in driver.GuestSettings.Where(setting => setting.Required && !request.Settings.ContainsKey(setting.Name)))
                throw ProblemFactory.Invalid($"The driver '{driver.Kind}' needs the guest setting '{missing.Name}': {missing.Help}");
        }
    }

    public static void Check(PatchGuest patch)
    {
        if (patch is { Name: null, Vcpus: null, Memory: null, Entitlement: null, Tags: null })
            throw ProblemFactory.Invalid("Nothing to change: give name, vcpus, memory, entitlement or tags.");
        if (patch.Name is { } name)
            CheckName(name);
        CheckSize(patch.Vcpus ?? 1, patch.Memory ?? MinMemory);
        if (patch.Entitlement is <= 0 or > MaxVcpus)
            throw ProblemFactory.Invalid($"entitlement is {patch.Entitlement}: it takes more than 0 and at most {MaxVcpus} units.");
        foreach (var (key, value) in patch.Tags ?? ImmutableDictionary<string, string?>.Empty)
            CheckTag(key, value ?? "");
        CheckCount(patch.Tags?.Count ?? 0);
    }

    public static void Check(CreateSnapshot request)
    {
        if (request.Name is { } name)
            CheckName(name);
        if (request.Description is { Length: > MaxTagValue })
            throw ProblemFactory.Invalid($"A snapshot's description has at most {MaxTagValue} characters.");
    }

    /// <summary>Names end up in file names, XML and shells of many systems: no separators, no control characters.</summary>
    public static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName)
            throw ProblemFactory.Invalid($"A name has 1 to {MaxName} characters.");
        if (name is "." or ".." || name[0] == '-' || name != name.Trim())
            throw ProblemFactory.Invalid($"'{name}' can't be a name: it begins with '-', is '.' or '..', or has space around it.");
        var bad = name.FirstOrDefault(c => char.IsControl(c) || c is '/' or '\\' or '"' or '\'' or '<' or '>' or '&' or '\u2028' or '\u2029');
        if (bad != default)
            throw ProblemFactory.Invalid($"A name can't hold {(char.IsControl(bad) ? $"U+{(int)bad:X4}" : $"'{bad}'")}.");
    }

    private static void CheckSize(int vcpus, long memory)
    {
        if (vcpus is < 1 or > MaxVcpus)
            throw ProblemFactory.Invalid($"vcpus is {vcpus}: it takes 1 to {MaxVcpus}.");
        if (memory is < MinMemory or > MaxMemory)
            throw ProblemFactory.Invalid($"memory is {memory} bytes: it takes {MinMemory >> 20} MiB to {MaxMemory >> 40} TiB.");
    }

    private static void CheckTag(string key, string value)
    {
        if (key.Length is 0 or > MaxTagKey || key.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '=' or ':' or ','))
            throw ProblemFactory.Invalid($"A tag's name has 1 to {MaxTagKey} characters without spaces, '=', ':' and ','.");
        if (value.Length > MaxTagValue || value.Any(char.IsControl))
            throw ProblemFactory.Invalid($"The tag '{key}' has a value of more than {MaxTagValue} characters, or with control characters in it.");
    }

    private static void CheckCount(int tags)
    {
        if (tags > MaxTags)
            throw ProblemFactory.Invalid($"{tags} tags are more than a guest takes ({MaxTags}).");
    }

    /// <param name="settings">As they were given.</param>
    /// <param name="declared">By the driver.</param>
    /// <param name="where">For the error: <c>for a guest of the driver 'libvirt'</c>.</param>
    public static void CheckSettings(ImmutableDictionary<string, string> settings, ImmutableArray<Setting> declared, string where)
    {
        var known = declared.ToDictionary(setting => setting.Name, StringComparer.Ordinal);
        foreach (var (name, value) in settings)
        {
            if (!known.TryGetValue(name, out var setting))
                throw ProblemFactory.Invalid(
                    $"There is no setting '{name}' {where}. There {(known.Count == 0 ? "are none" : $"are: {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}")}.",
                    [.. known.Keys.Order(StringComparer.Ordinal)]
                );
            if (value.Length > MaxSetting)
                throw ProblemFactory.TooLarge($"The setting '{name}' has {value.Length} characters; {MaxSetting} are the most.");
            if (!setting.Choices.IsDefaultOrEmpty && !setting.Choices.Contains(value))
                throw ProblemFactory.Invalid($"The setting '{name}' takes one of: {string.Join(", ", setting.Choices)}.", setting.Choices);
        }
    }
}
