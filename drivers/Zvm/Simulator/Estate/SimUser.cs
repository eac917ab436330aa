using System.Globalization;
using System.Text;

namespace Anyvisor.Drivers.Zvm.Simulator.Estate;

/// <summary>A user of the simulated directory: its entry, as text, and what runs of it. Guarded by the estate's lock.</summary>
internal sealed class SimUser(string id, List<string> entry)
{
    internal string Id => id;

    /// <summary>The directory's truth, as in a real one.</summary>
    internal List<string> Entry { get; set; } = entry;

    /// <summary>The member whose connector has it; null for none.</summary>
    internal int? RegisteredOn { get; set; }

    /// <summary>The member that it is logged on to.</summary>
    internal int? RunsOn { get; set; }
    internal bool Stopped { get; set; }
    internal int ActiveCpus { get; set; }
    internal int ActiveMemory { get; set; }
    internal DateTimeOffset LoggedOn { get; set; }

    /// <summary>Why it can't be relocated: CP's message; null when it can.</summary>
    internal string? Bound { get; init; }
    internal string? Os { get; set; }
    internal bool Locked { get; set; }
    internal StringBuilder Console { get; } = new();
    internal int Number { get; init; }

    internal bool IsNoLog => Head.Length > 2 && Head[2] == "NOLOG";

    internal int Cpus => Math.Max(1, Entry.Count(line => line.TrimStart().StartsWith("CPU ", StringComparison.Ordinal)));

    internal int MaxCpus => Entry.Select(Words).FirstOrDefault(words => words[0] == "MACHINE" && words.Length > 2) is { } machine ? int.Parse(machine[2], CultureInfo.InvariantCulture) : Cpus;

    /// <summary>MiB.</summary>
    internal int Memory => Head.Length > 3 ? Megabytes(Head[3]) : 32;

    /// <summary>MiB.</summary>
    internal int MaxMemory => Head.Length > 4 ? Megabytes(Head[4]) : Memory;

    internal IEnumerable<(string Vdev, string? Switch)> Nics =>
        Entry.Select(Words).Where(words => words[0] == "NICDEF" && words.Length > 1).Select(words => (words[1], Array.IndexOf(words, "LAN") is > 0 and var at && at + 2 < words.Length ? words[at + 2] : (string?)null));

    internal IEnumerable<string[]> Minidisks => Entry.Select(Words).Where(words => words[0] == "MDISK" && words.Length > 5);

    private string[] Head => Entry.Select(Words).FirstOrDefault(words => words[0] is "USER" or "IDENTITY") ?? ["USER", id, "NOLOG"];

    internal void SetHead(int memory)
    {
        var at = Entry.FindIndex(line => Words(line)[0] is "USER" or "IDENTITY");
        var words = Words(Entry[at]);
        words[3] = string.Create(CultureInfo.InvariantCulture, $"{memory}M");
        Entry[at] = string.Join(' ', words);
    }

    internal void SetCpus(int count)
    {
        Entry.RemoveAll(line => line.TrimStart().StartsWith("CPU ", StringComparison.Ordinal));
        for (var cpu = 0; cpu < count; cpu++)
            Entry.Insert(1 + cpu, CpuLine(cpu));
    }

    internal static string CpuLine(int cpu) => string.Create(CultureInfo.InvariantCulture, $"CPU {cpu:X2}{(cpu == 0 ? " BASE" : "")}");

    /// <summary>As an interface hands it out to those who are not to know the password.</summary>
    internal IEnumerable<string> Obfuscated()
    {
        foreach (var line in Entry)
        {
            var words = Words(line);
            if (words[0] is "USER" or "IDENTITY" && words.Length > 2)
                words[2] = "******";
            yield return words[0] is "USER" or "IDENTITY" ? string.Join(' ', words) + " " : line;
        }
    }

    internal long CpuMicroseconds(DateTimeOffset now) => RunsOn is null ? 0 : (long)((now - LoggedOn).TotalMicroseconds * (0.02 + Number % 37 / 40d) * ActiveCpus);

    internal void Say(string line) => Console.Append(line).Append('\n');

    internal static int Megabytes(string text) => text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? char.ToUpperInvariant(text[^1]) switch { 'G' => number * 1024, 'K' => number / 1024, _ => number }
        : 0;

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } words ? words : [""];
}
