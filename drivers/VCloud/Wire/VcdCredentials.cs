using Anyvisor.Driver;

namespace Anyvisor.Drivers.VCloud.Wire;

/// <summary>A user with a password, or an API token, of an organisation.</summary>
internal sealed record VcdCredentials(string? User, string Org, Secret? Password, Secret? Token)
{
    /// <summary>The organisation of those who run the cloud.</summary>
    public bool IsProvider => Org.Equals("System", StringComparison.OrdinalIgnoreCase);
}
