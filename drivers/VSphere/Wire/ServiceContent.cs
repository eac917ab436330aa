using System.Globalization;
using System.Xml;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>What the system is, and the references of its parts. A stand-alone ESXi lacks some of them.</summary>
internal sealed record ServiceContent
{
    /// <summary>Versions of the interface whose properties and types we know, newest first. A newer system speaks them too.</summary>
    private static readonly string[] Known = ["7.0", "6.7", "6.5", "6.0", "5.5", "5.1", "5.0", "4.1"];

    public static ServiceContent Unknown { get; } = new() { Speak = "5.5" };

    public string Product { get; init; } = "";
    public string Version { get; init; } = "";
    public string Build { get; init; } = "";
    public string ApiVersion { get; init; } = "";

    /// <summary>The version that we speak with it.</summary>
    public required string Speak { get; init; }

    /// <summary>Whether it is a vCenter, not an ESXi by itself.</summary>
    public bool IsVCenter { get; init; }
    public MoRef RootFolder { get; init; }
    public MoRef PropertyCollector { get; init; }
    public MoRef ViewManager { get; init; }
    public MoRef SessionManager { get; init; } = new("SessionManager", "SessionManager");
    public MoRef SearchIndex { get; init; }
    public MoRef PerfManager { get; init; }
    public MoRef EventManager { get; init; }
    public MoRef? CustomFieldsManager { get; init; }
    public MoRef? LicenseManager { get; init; }
    public MoRef? VmProvisioningChecker { get; init; }

    /// <summary>Whether the version that we speak has what came with this one.</summary>
    public bool Has(int major, int minor) => Order(Speak) >= major * 1000 + minor;

    public static ServiceContent Read(XmlReader response)
    {
        var (about, parts) = (new Dictionary<string, string>(), new Dictionary<string, MoRef>());
        var answer = response.Enter();
        while (response.NextChild(answer))
        {
            var content = response.Enter();
            while (response.NextChild(content))
                if (response.LocalName == "about")
                    ReadAbout(response, about);
                else
                    parts[response.LocalName] = response.Ref();
        }
        if (!about.TryGetValue("apiVersion", out var version) || !parts.TryGetValue("propertyCollector", out var collector) || !parts.TryGetValue("rootFolder", out var root))
            throw new XmlException("it does not say what it is: no apiVersion, rootFolder or propertyCollector");
        return new ServiceContent
        {
            Product = about.GetValueOrDefault("name", "VMware vSphere"),
            Version = about.GetValueOrDefault("version", version),
            Build = about.GetValueOrDefault("build", ""),
            ApiVersion = version,
            Speak = Known.FirstOrDefault(known => Order(known) <= Order(version)) ?? Known[^1],
            IsVCenter = about.GetValueOrDefault("apiType") != "HostAgent",
            RootFolder = root,
            PropertyCollector = collector,
            ViewManager = Part("viewManager"),
            SessionManager = Part("sessionManager"),
            SearchIndex = Part("searchIndex"),
            PerfManager = Part("perfManager"),
            EventManager = Part("eventManager"),
            CustomFieldsManager = Optional("customFieldsManager"),
            LicenseManager = Optional("licenseManager"),
            VmProvisioningChecker = Optional("vmProvisioningChecker"),
        };

        MoRef Part(string name) => parts.GetValueOrDefault(name);

        MoRef? Optional(string name) => parts.TryGetValue(name, out var part) ? part : null;
    }

    private static void ReadAbout(XmlReader reader, Dictionary<string, string> about)
    {
        var element = reader.Enter();
        while (reader.NextChild(element))
        {
            var name = reader.LocalName;
            about[name] = reader.Text();
        }
    }

    /// <summary>6.7.3 and 6.7 are 6007: the third place adds no property that we read.</summary>
    private static int Order(string version)
    {
        var places = version.Split('.');
        return int.TryParse(places[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            ? major * 1000 + (places.Length > 1 && int.TryParse(places[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor) ? minor : 0)
            : 0;
    }
}
