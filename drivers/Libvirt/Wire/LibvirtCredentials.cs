namespace Anyvisor.Drivers.Libvirt.Wire;

/// <summary>What SASL signs in with. SSH and TLS have their keys in files that the URI names.</summary>
internal sealed class LibvirtCredentials(string user, string password)
{
    public string User { get; } = user;

    public string Password { get; } = password;

    public override string ToString() => $"credentials of {User}";
}
