using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Stop a guest's processors and keep its memory in RAM.</summary>
public interface IGuestPause
{
    Task PauseAsync(Guest guest, CancellationToken cancellationToken);

    /// <summary>Goes on from paused and, where the connection can suspend too, from suspended.</summary>
    Task ResumeAsync(Guest guest, CancellationToken cancellationToken);
}
