using System.Globalization;
using System.Text.Json;
using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Wire.Smapi;

namespace Anyvisor.Benchmarks.Zvm;

/// <summary>
/// How fast the answers that a live z/VM gave become what we know: every recorded frame, and the whole user directory
/// line by line: 100,000 users within two seconds. Processor time of this thread. Needs the recordings beside the checkout, or their folder in
/// <c>ANYVISOR_RECORDINGS</c>.
/// </summary>
internal static class RecordingFigure
{
    private const int Rounds = 500;
    private const int Warm = 200;

    internal static Task RunAsync(Figures figures)
    {
        var folder = Environment.GetEnvironmentVariable("ANYVISOR_RECORDINGS") ?? Path.Combine(Directory.GetCurrentDirectory(), "..", "shared", "recordings");
        var files = Path.Combine(folder, "zvm", "smapi-wire");
        if (!Directory.Exists(files))
        {
            Console.WriteLine($"zvm-recordings | skipped: there are no recordings in {files}");
            return Task.CompletedTask;
        }
        var frames = Directory.EnumerateFiles(files, "*.json").SelectMany(Frames).ToList();
        var directory = frames.Where(frame => frame.Function == "Query_All_DM").Select(frame => frame.Bytes).First();
        Figure(figures, "recorded z/VM answers framed", "MB/s", 100, frames.Sum(frame => (long)frame.Bytes.Length) / 1e6, () =>
        {
            foreach (var (function, bytes) in frames)
                _ = SmapiReply.Parse(bytes, function);
        });
        var users = 0;
        Figure(figures, "users of a directory read whole", "users/s", 50_000, SmapiOutputs.Directory(SmapiReply.Parse(directory, "Query_All_DM"), "Query_All_DM").Length, () =>
        {
            foreach (var entry in SmapiOutputs.Directory(SmapiReply.Parse(directory, "Query_All_DM"), "Query_All_DM"))
                users += EntryReader.Read(entry.Lines).Kind == EntryKind.User ? 1 : 0;
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {frames.Count} answers; {users / (Rounds + Warm)} users"));
        return Task.CompletedTask;
    }

    private static void Figure(Figures figures, string name, string unit, double target, double amount, Action read)
    {
        for (var warm = 0; warm < Warm; warm++)
            read();
        var began = ThreadClock.Now;
        for (var round = 0; round < Rounds; round++)
            read();
        figures.AtLeast(name, amount * Rounds / (ThreadClock.Now - began).TotalSeconds, target, unit);
    }

    private static IEnumerable<(string Function, byte[] Bytes)> Frames(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var function = document.RootElement.GetProperty("function").GetString()!;
        foreach (var exchange in document.RootElement.GetProperty("cases").EnumerateArray())
            if (Convert.FromHexString(exchange.GetProperty("recv_hex").GetString()!) is { Length: >= 20 } bytes)
                yield return (function, bytes);
    }
}
