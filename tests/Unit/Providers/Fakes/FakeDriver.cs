using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Unit.Tests.Providers.Fakes;

/// <summary>A driver whose every connection a test makes: by default one that shows three guests and stays quiet.</summary>
internal sealed class FakeDriver(string kind = "fake") : IDriver
{
    private int _connects;

    public ConcurrentQueue<FakeConnection> Connections { get; } = new();

    public ConcurrentQueue<ProviderAddress> Addresses { get; } = new();

    /// <summary>How often somebody tried to connect.</summary>
    public int Connects => Volatile.Read(ref _connects);

    public Func<ProviderAddress, CancellationToken, Task<FakeConnection>> OnConnect { get; set; } =
        (address, _) => Task.FromResult(FakeConnection.WithGuests(address.Provider, 3));

    public ImmutableArray<Setting> Settings { get; init; } = [];

    public DriverInfo Info => new() { Kind = kind, Description = "for tests", Settings = Settings };

    public string? Validate(ProviderAddress address) => address.Url.StartsWith("fake:", StringComparison.Ordinal) ? null : "A fake URL begins with 'fake:'.";

    public async Task<IProviderConnection> ConnectAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connects);
        Addresses.Enqueue(address);
        var connection = await OnConnect(address, cancellationToken);
        if (connection is not null)
            Connections.Enqueue(connection);
        return connection!;
    }
}
