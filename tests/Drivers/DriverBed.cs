using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Drivers.Conformance;

/// <summary>
/// A real system, or a simulator of one, that a driver is tested against. One bed serves all tests of a class: they
/// share its connection and run one after another.
/// </summary>
public abstract class DriverBed : IAsyncLifetime
{
    /// <summary>Why the bed is not there; null when it is. Every test is skipped with it.</summary>
    public abstract string? Absent { get; }

    public abstract IDriver Driver { get; }

    /// <summary>Where the system is. Not asked for when the bed is absent.</summary>
    public abstract ProviderAddress Address { get; }

    /// <summary>An address of the right form at which nothing answers.</summary>
    public abstract ProviderAddress DeadAddress { get; }

    /// <summary>What is no address of this driver.</summary>
    public virtual string WrongUrl => "no url";

    /// <summary>
    /// Makes a guest that is off and that a test may do anything to. Null where the driver has to make it itself.
    /// </summary>
    public virtual Task<string>? MakeGuestAsync(string name, CancellationToken cancellationToken) => null;

    /// <summary>Takes away what <see cref="MakeGuestAsync"/> made, if it is still there.</summary>
    public virtual Task RemoveGuestAsync(string name, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A request that works on this bed; null where guests can't be made there.</summary>
    public virtual CreateGuest? NewGuest(string name) => null;

    /// <summary>A name that no guest has, in the words that the system allows.</summary>
    public virtual string NewName(string kind) => $"conf-{kind}-{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>Whether an image is made of guests that run, and of no others.</summary>
    public virtual bool CapturesRunning => false;

    /// <summary>The name for an image of this guest, in the words that the system allows.</summary>
    public virtual string ImageName(string guest) => guest + "-image";

    /// <summary>Whether a guest can have more than one snapshot.</summary>
    public virtual bool KeepsSnapshots => true;

    /// <summary>An image to import; null where there is none to be had.</summary>
    public virtual ImageImport? NewImage(string name) => null;

    /// <summary>The name of another host to bring a guest to; null where there is none.</summary>
    public virtual string? MigrationTarget(Guest guest) => null;

    /// <summary>Whether a guest of this bed answers a request to shut down.</summary>
    public virtual bool Obeys => false;

    /// <summary>Waits until a guest that was started has come so far that it answers. Those without an operating system are there at once.</summary>
    public virtual Task ReadyAsync(Guest guest, CancellationToken cancellationToken) => Task.CompletedTask;

    public IProviderConnection Connection { get; private set; } = null!;

    public WatchReader Watch { get; private set; } = null!;

    public static DriverContext Context { get; } = new(TimeProvider.System, NullLoggerFactory.Instance);

    public virtual async ValueTask InitializeAsync()
    {
        if (Absent is not null)
            return;
        Connection = await Driver.ConnectAsync(Address, Context, CancellationToken.None);
        Watch = new WatchReader(Connection);
        await Watch.ListedAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Connection is null)
            return;
        await Watch.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
