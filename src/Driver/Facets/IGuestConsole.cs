using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

/// <summary>Reach a guest's consoles.</summary>
public interface IGuestConsole
{
    /// <summary>Which consoles the guest has and whether each can be opened now.</summary>
    Task<ImmutableArray<ConsoleInfo>> ListConsolesAsync(Guest guest, CancellationToken cancellationToken);

    /// <summary>
    /// A duplex stream: bytes of the terminal, or RFB for VNC. Closing it ends the session. The token bounds the opening alone.
    /// </summary>
    Task<Stream> OpenConsoleAsync(Guest guest, ConsoleKind kind, CancellationToken cancellationToken);
}
