using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Driver;

/// <summary>
/// A signed-in line to a provider. What else it can do, it says by the facets that it implements
/// (<c>Anyvisor.Driver.Facets</c>): what can't be done is not implemented, so nothing throws 'not supported'.
/// Calls may come from many threads at once and carry their deadline in the token.
/// </summary>
public interface IProviderConnection : IAsyncDisposable
{
    ProviderAbout About { get; }

    /// <summary>
    /// Everything there is, then what changes, for as long as the connection lives. Called once.
    /// Begins with <see cref="SnapshotBegin"/>, the objects and <see cref="SnapshotComplete"/>; ends by throwing
    /// <see cref="ProviderException"/> when the line breaks.
    /// </summary>
    IAsyncEnumerable<Change> WatchAsync(CancellationToken cancellationToken);

    /// <summary>Asks for a full listing on the watch now, not at its next turn.</summary>
    void RequestRefresh();

    /// <summary>
    /// Whether the system as it is, with its version and licence, can do this to the guest as it was last seen.
    /// Pure and quick: it is asked for every guest on every page.
    /// </summary>
    ActionState Judge(Verb verb, Guest guest);

    /// <summary>The guest as the system shows it this moment; null when it has none of that identity.</summary>
    Task<Guest?> ReadGuestAsync(NativeId guest, CancellationToken cancellationToken);
}
