using Anyvisor.Model;

namespace Anyvisor.Server.Json;

/// <summary>Says what a person probably meant.</summary>
internal static class Nearest
{
    /// <summary>A sentence to append, or nothing.</summary>
    internal static string Hint(string word, IEnumerable<string> names) =>
        NearestNames.To(word, names) is { IsEmpty: false } near ? $" Did you mean {string.Join(" or ", near.Select(name => $"'{name}'"))}?" : "";
}
