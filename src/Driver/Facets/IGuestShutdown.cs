using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Ask a guest's operating system. Both return when the request is delivered: the guest may take its time, or refuse.</summary>
public interface IGuestShutdown
{
    Task ShutdownAsync(Guest guest, CancellationToken cancellationToken);

    Task RebootAsync(Guest guest, CancellationToken cancellationToken);
}
