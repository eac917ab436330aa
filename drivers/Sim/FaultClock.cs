using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Drivers.Sim.Options;

namespace Anyvisor.Drivers.Sim;

/// <summary>Does what the URL's faults say, each from its time after the connection on.</summary>
internal sealed class FaultClock(ImmutableArray<SimFault> faults, TimeProvider time)
{
    private readonly long _connected = time.GetTimestamp();

    public bool Has(FaultKind kind)
    {
        foreach (var fault in faults)
            if (fault.Kind == kind && time.GetElapsedTime(_connected) >= fault.After)
                return true;
        return false;
    }

    public void ThrowAtConnect(string provider)
    {
        if (Has(FaultKind.Refuse))
            throw new ProviderException(ProviderError.Unreachable, $"The simulated system of '{provider}' refuses connections: its URL says fault=refuse.");
        if (Has(FaultKind.Auth))
            throw new ProviderException(ProviderError.AuthenticationFailed, $"The simulated system of '{provider}' refuses our credentials: its URL says fault=auth.");
    }

    /// <summary>The time that a call takes, and what goes wrong meanwhile.</summary>
    public async Task PassAsync(TimeSpan latency, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (latency > TimeSpan.Zero)
            await Task.Delay(latency, time, cancellationToken).ConfigureAwait(false);
        if (Has(FaultKind.Hang))
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
        if (Has(FaultKind.Drop))
            throw new ProviderException(ProviderError.Unreachable, "The simulated line broke: the URL says fault=drop.") { OutcomeUnknown = true };
        if (Has(FaultKind.Garbage))
            throw new ProviderException(ProviderError.ProtocolViolation, "The simulated system answers garbage: the URL says fault=garbage.") { OutcomeUnknown = true };
    }
}
