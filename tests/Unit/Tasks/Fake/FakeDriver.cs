using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Unit.Tests.Tasks.Fake;

/// <summary>The driver of <see cref="FakeSystem"/>.</summary>
internal sealed class FakeDriver(string kind, FakeSystem system) : IDriver
{
    public DriverInfo Info { get; } =
        new()
        {
            Kind = kind,
            Description = "A hypervisor in memory.",
            GuestSettings = [new Setting { Name = "user-data", Type = SettingType.Secret, Help = "For the guest." }],
            StartSettings =
            [
                new Setting { Name = "boot-mode", Choices = ["normal", "sms"], Help = "How to boot." },
                new Setting { Name = "passphrase", Type = SettingType.Secret, Help = "Of its disk." },
            ],
            Verbs = system.KeepsTags ? FacetVerbs.Of<FakeConnection>() : FacetVerbs.Of<FakeConnection>().Remove(Verb.Tag),
        };

    public string? Validate(ProviderAddress address) => null;

    public Task<IProviderConnection> ConnectAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken) =>
        system.Down
            ? Task.FromException<IProviderConnection>(new ProviderException(ProviderError.Unreachable, "no connection."))
            : Task.FromResult<IProviderConnection>(new FakeConnection(system));
}
