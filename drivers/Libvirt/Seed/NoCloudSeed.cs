using System.Text;

namespace Anyvisor.Drivers.Libvirt.Seed;

/// <summary>The disk that cloud-init's NoCloud data source looks for: a CD of the label <c>cidata</c>.</summary>
internal static class NoCloudSeed
{
    public static byte[] Build(string userData, string metaData, string? networkConfig)
    {
        List<IsoFile> files = [new("user-data", Encoding.UTF8.GetBytes(userData)), new("meta-data", Encoding.UTF8.GetBytes(metaData))];
        if (networkConfig is not null)
            files.Add(new IsoFile("network-config", Encoding.UTF8.GetBytes(networkConfig)));
        return IsoImage.Build("cidata", files);
    }

    /// <summary>The least that cloud-init needs: an identity that changes with the guest, and its name.</summary>
    public static string MetaData(Guid guest, string name) =>
        $"instance-id: {guest:D}\nlocal-hostname: {new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '-')]).Trim('-')}\n";
}
