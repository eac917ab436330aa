using System.Text.Json;
using Anyvisor.Model;

namespace Anyvisor.Client;

/// <summary>What a task's document says of its state.</summary>
public static class TaskStates
{
    /// <summary>Whether nothing more will happen. A word that we don't know counts as going on.</summary>
    public static bool HasEnded(JsonElement task) => State(task) is "succeeded" or "failed" or "cancelled" or "needs-check";

    /// <summary>The word of <see cref="TaskState"/> as the API writes it.</summary>
    public static string State(JsonElement task) =>
        task.ValueKind == JsonValueKind.Object && task.TryGetProperty("state", out var state) && state.ValueKind == JsonValueKind.String
            ? state.GetString()!
            : "unknown";
}
