using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Stop a guest and keep its memory on disk.</summary>
public interface IGuestSuspend
{
    Task SuspendAsync(Guest guest, CancellationToken cancellationToken);

    /// <summary>Goes on where the guest was suspended.</summary>
    Task ResumeAsync(Guest guest, CancellationToken cancellationToken);
}
