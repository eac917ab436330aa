using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Anyvisor.Drivers.VSphere.Tests.Recordings;

/// <summary>Answers of live vCenters beside a checkout; where there are none, tests are skipped.</summary>
public static class Recording
{
    /// <summary>The answers of one session that are to this method.</summary>
    public static List<string> Answers(string file, string method)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(), file)));
        return
        [
            .. document.RootElement.GetProperty("interactions").EnumerateArray()
                .Where(one => Regex.IsMatch(one.GetProperty("request").GetProperty("body").GetString()!, $@"[<:]{method}[ >]"))
                .Select(one => one.GetProperty("response").GetProperty("body").GetString()!),
        ];
    }

    private static string Folder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Directory.Packages.props")))
            root = root.Parent;
        var folder = root?.Parent is null ? null : Path.Combine(root.Parent.FullName, "shared", "recordings", "vsphere", "miq-vmware");
        Assert.SkipUnless(folder is not null && Directory.Exists(folder), "There are no recordings beside this checkout.");
        return folder!;
    }
}
