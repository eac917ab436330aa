using System.Text.Json;

namespace Anyvisor.Client;

/// <summary>What a command was answered with.</summary>
/// <param name="Json">The document as the server wrote it; undefined where the answer has none.</param>
/// <param name="IsTask">Whether it is a task that has only begun (202), rather than the finished thing or a plan.</param>
public sealed record Answer(JsonElement Json, bool IsTask);
