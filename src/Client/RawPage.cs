using System.Text.Json;

namespace Anyvisor.Client;

/// <summary>One page of a list as the server wrote it, unknown fields included.</summary>
/// <param name="Items">The items array.</param>
/// <param name="Total">How many match in all.</param>
/// <param name="Last">Whether nothing comes after it.</param>
public sealed record RawPage(JsonElement Items, long Total, bool Last);
