using System.Globalization;
using System.Text;
using System.Text.Json;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Benchmarks.PowerVm;

/// <summary>How fast replies of a real console become guests: the partitions' and VIOSes' lists of a recorded session.</summary>
internal static class ReplyFigure
{
    private const int Rounds = 40;
    private const int Warm = 20;

    internal static Task RunAsync(Figures figures)
    {
        var file = Path.Combine("..", "shared", "recordings", "powervm", "miq-hmc", "refresher.http.json");
        if (!File.Exists(file))
        {
            Console.WriteLine($"  no recording at {file}: run from the root of a checkout with its recordings beside it");
            return Task.CompletedTask;
        }
        var bodies = Bodies(file);
        var reader = new PartitionReader("bench", TimeProvider.System);
        var (bytes, guests) = (0L, 0);
        var began = TimeSpan.Zero;
        for (var round = -Warm; round < Rounds; round++)
        {
            if (round == 0)
                began = Environment.CpuUsage.TotalTime; // What goes before warms up: a server reads for months.
            foreach (var body in bodies)
            {
                var read = HmcObject.Read(body, "benchmark", one => (reader.Read(one, null, static _ => "host", ObservationSource.Poll), StorageReader.ReadMappings(one.Content)));
                guests += round >= 0 ? read.Count : 0;
                bytes += round >= 0 ? body.Length : 0;
            }
        }
        var seconds = (Environment.CpuUsage.TotalTime - began).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {bytes / seconds / (1 << 20):0.0} MiB and {guests / seconds:0} partitions a second of processor time"));
        figures.AtMost("a recorded partition from XML to guest and native JSON, processor time", seconds / guests * 1000, 2, "ms");
        return Task.CompletedTask;
    }

    private static List<byte[]> Bodies(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return
        [
            .. document.RootElement.GetProperty("interactions").EnumerateArray()
                .Where(one => one.GetProperty("request").GetProperty("uri").GetString() is { } uri && (uri.Contains("/LogicalPartition?", StringComparison.Ordinal) || uri.Contains("/VirtualIOServer?", StringComparison.Ordinal)))
                .Select(one => Encoding.UTF8.GetBytes(one.GetProperty("response").GetProperty("body").GetString()!.TrimStart())),
        ];
    }
}
