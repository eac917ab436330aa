using Anyvisor.Driver;
using Anyvisor.Driver.Watching;

namespace Anyvisor.Core.Providers.Sessions;

/// <summary>Follows where listings begin and end: each has to be whole in time, the first of a connection too.</summary>
internal sealed class ListingFrame(string provider, TimeSpan deadline, TimeProvider time)
{
    private long? _since = time.GetTimestamp();
    private bool _begun;

    /// <summary>Whether a listing is awaited or under way.</summary>
    public bool Open => _since is not null;

    /// <exception cref="ProviderException">The driver breaks the contract, or the listing takes too long.</exception>
    public void Follow(IReadOnlyList<Change> batch)
    {
        for (var i = 0; i < batch.Count; i++)
            switch (batch[i])
            {
                case SnapshotBegin:
                    // One that broke off has no end: the next begins anew, and makes nothing missing.
                    _begun = true;
                    _since ??= time.GetTimestamp();
                    break;
                case SnapshotComplete:
                    if (!_begun)
                        throw new ProviderException(
                            ProviderError.ProtocolViolation,
                            $"The driver of '{provider}' ended a listing that it had not begun. The connection is made anew."
                        );
                    _begun = false;
                    _since = null;
                    break;
            }
        if (_since is { } since && time.GetElapsedTime(since) > deadline)
            throw new ProviderException(
                ProviderError.TimedOut,
                $"A full listing of '{provider}' was not whole after {deadline.TotalMinutes:0.#} min, so it was given up and nothing of it is counted as missing. It is begun again."
            );
    }
}
