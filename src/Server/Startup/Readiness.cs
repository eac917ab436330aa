namespace Anyvisor.Server.Startup;

/// <summary>Whether the server takes work. Safe for any thread.</summary>
internal sealed class Readiness(IHostApplicationLifetime lifetime, StartGate gate)
{
    /// <summary>Null when it does; else why not, in a few words.</summary>
    internal string? NotReady() =>
        lifetime.ApplicationStopping.IsCancellationRequested ? "stopping"
        : lifetime.ApplicationStarted.IsCancellationRequested && gate.IsOpen ? null
        : "starting";
}
