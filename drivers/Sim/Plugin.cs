using System.Collections.Concurrent;
using Anyvisor.Driver;
using Anyvisor.Drivers.Sim.Estate;
using Anyvisor.Drivers.Sim.Options;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim;

/// <summary>
/// A simulated estate of any size, for demonstrations, load tests and benchmarks. The driver itself has no state; the
/// systems that it simulates do, and live here as long as the process, so that a connection that breaks finds its
/// estate again as it was.
/// </summary>
public sealed class Plugin : IDriver
{
    private readonly ConcurrentDictionary<(string Provider, string Url), Lazy<SimEstate>> _estates = new();

    public DriverInfo Info { get; } =
        new()
        {
            Kind = "sim",
            Description = "A simulated estate of any size and of every kind of guest",
            UrlExamples = [SimUrl.Example, "sim:?hosts=12&guests=300&churn=2&latency=50ms"],
            GuestSettings =
            [
                new Setting
                {
                    Name = "arch",
                    Type = SettingType.Choice,
                    Help = "The guest's architecture; without it, its image's.",
                    Choices = ["x86_64", "i686", "aarch64", "ppc64", "ppc64le", "s390x", "sparcv9", "riscv64"],
                },
            ],
            Verbs = FacetVerbs.Of<Connection>().Remove(Verb.ConsoleVnc),
        };

    public string? Validate(ProviderAddress address) => SimUrl.TryParse(address.Url, out _);

    public async Task<IProviderConnection> ConnectAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken)
    {
        if (SimUrl.TryParse(address.Url, out var options) is { } problem)
            throw new ProviderException(ProviderError.InvalidArgument, problem);
        var faults = new FaultClock(options.Faults, context.Time);
        faults.ThrowAtConnect(address.Provider);
        await faults.PassAsync(options.Latency, cancellationToken).ConfigureAwait(false);
        var estate = _estates.GetOrAdd((address.Provider, address.Url), _ => new Lazy<SimEstate>(() => new SimEstate(address.Provider, options, context.Time)));
        return new Connection(estate.Value, faults, context.Time);
    }
}
