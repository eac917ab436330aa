using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>Which tasks to list, newest first.</summary>
public sealed record TaskQuery
{
    public const int MaxLimit = 1000;

    /// <summary>1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>From the page before.</summary>
    public string? Cursor { get; init; }
    public TaskState? State { get; init; }

    /// <summary>The id of what they work on.</summary>
    public string? Target { get; init; }

    /// <summary>The bulk task that they are part of.</summary>
    public string? Parent { get; init; }
}
