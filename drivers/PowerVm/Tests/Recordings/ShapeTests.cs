using System.Xml.Linq;
using Anyvisor.Drivers.PowerVm.Tests.Simulated;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Driver.Http;
using Xunit;

namespace Anyvisor.Drivers.PowerVm.Tests.Recordings;

/// <summary>The simulator's replies beside the recorded ones: what it says, real consoles say, in the same order and with the same marks.</summary>
public sealed class ShapeTests
{
    [Theory]
    [InlineData("LogicalPartition", "uom/ManagedSystem/{system}/LogicalPartition?group=None")]
    [InlineData("VirtualIOServer", "uom/ManagedSystem/{system}/VirtualIOServer?ignoreError=true")]
    [InlineData("ManagedSystem", "uom/ManagedSystem/{system}?group=SystemNetwork")]
    [InlineData("VirtualSwitch", "uom/ManagedSystem/{system}/VirtualSwitch")]
    [InlineData("VirtualNetwork", "uom/ManagedSystem/{system}/VirtualNetwork")]
    [InlineData("ClientNetworkAdapter", "uom/LogicalPartition/{partition}/ClientNetworkAdapter")]
    [InlineData("Group", "uom/Group")]
    [InlineData("SharedStoragePool", "uom/SharedStoragePool?ignoreError=true")]
    [InlineData("VolumeGroup", "uom/VirtualIOServer/{vios}/VolumeGroup")]
    [InlineData("ManagementConsole", "uom/ManagementConsole")]
    [InlineData("PartitionTemplate", "templates/PartitionTemplate?detail=full&draft=false")]
    [InlineData("Event", "uom/Event")]
    public async Task A_simulated_reply_has_the_shape_of_the_recorded_ones(string type, string path)
    {
        var shape = new Shape();
        foreach (var (_, root) in Recording.Documents())
            foreach (var one in root.DescendantsAndSelf().Where(e => e.Is(type) && e.Parent?.Name.LocalName is "content"))
                shape.Learn(one.Ancestors().Last());
        await using var console = await SimulatedConsole.StartAsync(1, 20);
        var address = console.Address;
        _ = HmcAddress.TryParse(address.Url, out var to);
        await using var client = new HmcClient(to, ServerTrust.Of(address), new HmcCredentials(address.User!, address.Password!), TimeProvider.System);
        var estate = console.Server.Estate;
        path = path.Replace("{system}", estate.Systems[0].Uuid.ToString("D"), StringComparison.Ordinal)
            .Replace("{partition}", estate.Partitions.Values.First(p => !p.IsVios).Key, StringComparison.Ordinal)
            .Replace("{vios}", estate.Partitions.Values.First(p => p.IsVios).Key, StringComparison.Ordinal);
        var answer = await client.SendAsync(HmcRequest.Get(path, "shape"), TestContext.Current.CancellationToken);
        var strange = shape.Strange(answer.Xml("shape")).ToList();
        Assert.True(strange.Count == 0, string.Join('\n', strange.Take(20)));
    }

    /// <summary>Which children each element was seen with, in which order, and with which marks.</summary>
    private sealed class Shape
    {
        private readonly Dictionary<string, List<List<string>>> _orders = new(StringComparer.Ordinal);
        private readonly Dictionary<string, HashSet<string>> _children = new(StringComparer.Ordinal);
        private readonly Dictionary<string, HashSet<string>> _marks = new(StringComparer.Ordinal);

        public void Learn(XElement element)
        {
            var path = Path(element);
            var names = element.Elements().Select(e => e.Name.LocalName).Distinct().ToList();
            (_orders.TryGetValue(path, out var orders) ? orders : _orders[path] = []).Add(names);
            (_children.TryGetValue(path, out var children) ? children : _children[path] = []).UnionWith(names);
            (_marks.TryGetValue(path, out var marks) ? marks : _marks[path] = []).UnionWith(element.Attributes().Where(a => !a.IsNamespaceDeclaration).Select(Mark));
            foreach (var child in element.Elements())
                Learn(child);
        }

        /// <summary>What no recording has, or has otherwise.</summary>
        public IEnumerable<string> Strange(XElement element)
        {
            var path = Path(element);
            if (!_children.TryGetValue(path, out var known))
                yield break; // Told of its parent already.
            foreach (var mark in element.Attributes().Where(a => !a.IsNamespaceDeclaration).Select(Mark).Where(mark => !_marks[path].Contains(mark)))
                yield return $"{path} has the mark {mark}, and is recorded with {string.Join(", ", _marks[path])}";
            var names = element.Elements().Select(e => e.Name.LocalName).Distinct().ToList();
            foreach (var name in names.Where(name => !known.Contains(name)))
                yield return $"{path}/{name} is nowhere recorded";
            for (var i = 0; i + 1 < names.Count; i++)
                if (Reversed(path, names[i], names[i + 1]))
                    yield return $"{path}: {names[i]} stands before {names[i + 1]}, and is recorded after it";
            foreach (var child in element.Elements())
                foreach (var strange in Strange(child))
                    yield return strange;
        }

        /// <summary>Whether the two were seen together, and always the other way round.</summary>
        private bool Reversed(string path, string first, string second)
        {
            var both = _orders[path].Where(order => order.Contains(first) && order.Contains(second)).ToList();
            return both.Count > 0 && both.TrueForAll(order => order.IndexOf(first) > order.IndexOf(second));
        }

        /// <summary>Who may change it, and links; identities and versions differ.</summary>
        private static string Mark(XAttribute attribute) => attribute.Name.LocalName is "kb" or "kxe" or "rel" or "group" ? $"{attribute.Name.LocalName}={attribute.Value}" : attribute.Name.LocalName;

        private static string Path(XElement element) => string.Join('/', element.AncestorsAndSelf().Reverse().Select(e => e.Name.LocalName).SkipWhile(name => name == "feed"));
    }
}
