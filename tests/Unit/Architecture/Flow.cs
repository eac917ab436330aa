using System.Xml.Linq;
using Xunit;

namespace Anyvisor.Unit.Tests.Architecture;

/// <summary>Which project may refer to which: the flow of ARCHITECTURE.md, read from the project files themselves.</summary>
public sealed class Flow
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Projects() =>
        [.. new[] { "src", "drivers" }
            .Where(folder => Directory.Exists(Path.Combine(Root, folder)))
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/Tests/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_with_the_flow(string project)
    {
        var allowed = Allowed(project);
        foreach (var reference in References(project))
            Assert.True(
                allowed.Any(prefix => reference.StartsWith(prefix, StringComparison.Ordinal)),
                $"{project} refers to {reference}. It may refer to: {(allowed.Length == 0 ? "nothing of ours" : string.Join(", ", allowed))}. "
                    + "Observations flow from drivers through Core to the server; see ARCHITECTURE.md."
            );
    }

    [Fact]
    public void The_core_and_the_drivers_know_no_web_framework()
    {
        foreach (var project in Projects().Select(row => row.Data).Where(path => !path.StartsWith("src/Server/", StringComparison.Ordinal)))
        {
            if (project.Contains("/Simulator/", StringComparison.Ordinal) || project.StartsWith("src/Simulat", StringComparison.Ordinal))
                continue;
            var document = XDocument.Load(Path.Combine(Root, project));
            Assert.NotEqual("Microsoft.NET.Sdk.Web", document.Root!.Attribute("Sdk")?.Value);
            Assert.DoesNotContain(document.Descendants("FrameworkReference"), element => element.Attribute("Include")?.Value == "Microsoft.AspNetCore.App");
        }
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Root, "Anyvisor.slnx")).Replace('\\', '/');
        foreach (var project in Projects().Select(row => row.Data))
            Assert.Contains($"\"{project}\"", solution, StringComparison.Ordinal);
    }

    private static string[] Allowed(string project) =>
        project.Split('/') switch
        {
            ["src", "Model", ..] => [],
            ["src", "Driver", ..] => ["src/Model/"],
            ["src", "Core", ..] => ["src/Driver/", "src/Model/"],
            ["src", "Client", ..] => ["src/Model/"],
            ["src", "Cli", ..] => ["src/Client/", "src/Model/"],
            ["src", "Server", ..] => ["src/Core/", "src/Driver/", "src/Model/", "drivers/"],
            ["src", "Simulate", ..] => ["src/Simulation/", "drivers/*/Simulator/"],
            // A simulator shares no code with the driver that it tests.
            ["drivers", _, "Simulator", ..] => ["src/Simulation/"],
            ["drivers", var driver, ..] => ["src/Driver/", "src/Model/", $"drivers/{driver}/"],
            _ => [],
        };

    private static IEnumerable<string> References(string project)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, project))!;
        return XDocument
            .Load(Path.Combine(Root, project))
            .Descendants("ProjectReference")
            .Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'))
            .Select(include => Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(folder, include))).Replace('\\', '/'));
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
                return folder.FullName;
        throw new DirectoryNotFoundException("The tests do not run inside a checkout: there is no Directory.Packages.props above them.");
    }
}
