using Anyvisor.Model;

namespace Anyvisor.Core.Images;

/// <summary>What an uploaded disk file is to become.</summary>
public sealed record ImageUpload
{
    public required string Name { get; init; }

    /// <summary>Where it is to be kept; null where only one provider keeps images.</summary>
    public string? Provider { get; init; }
    public Architecture Arch { get; init; }
    public OsFamily Os { get; init; }
    public string? Description { get; init; }
}
