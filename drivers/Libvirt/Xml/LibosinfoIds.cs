using System.Xml.Linq;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt.Xml;

/// <summary>
/// What virt-install, Cockpit and GNOME Boxes write of a guest's operating system:
/// <c>&lt;libosinfo:os id="http://debian.org/debian/12"/&gt;</c>.
/// </summary>
internal static class LibosinfoIds
{
    private static readonly XNamespace Ns = "http://libosinfo.org/xmlns/libvirt/domain/1.0";

    public static OperatingSystemInfo Read(XElement? metadata) =>
        metadata?.Element(Ns + "libosinfo")?.Element(Ns + "os").Text("id") is { } id ? Parse(id) : OperatingSystemInfo.Unknown;

    /// <summary>The path's first part is the system's short name and the rest its version.</summary>
    internal static OperatingSystemInfo Parse(string id)
    {
        if (!Uri.TryCreate(id, UriKind.Absolute, out var uri))
            return OperatingSystemInfo.Unknown;
        var parts = uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            return OperatingSystemInfo.Unknown;
        var distribution = parts[0].ToLowerInvariant();
        return new OperatingSystemInfo
        {
            Family = Family(uri.Host, distribution),
            Distribution = distribution,
            Version = parts.Length > 1 ? string.Join(' ', parts[1..]) : null,
        };
    }

    private static OsFamily Family(string host, string distribution) => (host, distribution) switch
    {
        ("microsoft.com", _) => OsFamily.Windows,
        (_, "freebsd" or "openbsd" or "netbsd" or "dragonflybsd") => OsFamily.Bsd,
        (_, "solaris" or "opensolaris") => OsFamily.Solaris,
        (_, "openindiana" or "smartos" or "omnios") => OsFamily.Illumos,
        ("apple.com" or "haiku-os.org" or "novell.com", _) => OsFamily.Other,
        _ => OsFamily.Linux,
    };

    /// <summary>A family by the id of os-release or of the guest agent (<c>debian</c>, <c>mswindows</c>).</summary>
    public static OsFamily FamilyOfRelease(string id) => id switch
    {
        "mswindows" => OsFamily.Windows,
        "freebsd" or "openbsd" or "netbsd" => OsFamily.Bsd,
        "solaris" => OsFamily.Solaris,
        _ => OsFamily.Linux,
    };
}
