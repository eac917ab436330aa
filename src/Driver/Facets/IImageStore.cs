using Anyvisor.Driver.Work;
using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>A disk file on our own machine that is to become an image.</summary>
public sealed record ImageImport
{
    public required string Name { get; init; }

    /// <summary>An absolute path in the server's spool: already checked to be what <see cref="Format"/> says, without backing file.</summary>
    public required string File { get; init; }

    /// <summary><c>qcow2</c> or <c>raw</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Bytes that a guest sees.</summary>
    public required long Capacity { get; init; }
    public Architecture Arch { get; init; }
    public OperatingSystemInfo Os { get; init; } = OperatingSystemInfo.Unknown;
    public string? Description { get; init; }
}

/// <summary>Keep images at the provider.</summary>
public interface IImageStore : IWorkSteps
{
    Task<WorkPlan> PlanImportAsync(ImageImport import, string taskId, CancellationToken cancellationToken);

    Task<WorkPlan> PlanImageDeleteAsync(Image image, string taskId, CancellationToken cancellationToken);
}
