using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Drivers.Zvm.Systems;

namespace Anyvisor.Drivers.Zvm.Entries;

/// <summary>Writes and changes directory entries for the management API. Pure.</summary>
internal static class EntryWriter
{
    internal static ImmutableArray<string> New(NewUser user)
    {
        // NOPASS and LBYONLY: a user that nobody but those named can log on to by a terminal.
        var lines = ImmutableArray.CreateBuilder<string>();
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"USER {user.UserId} LBYONLY {user.Memory >> 20}M {user.MaxMemory >> 20}M G"));
        lines.Add($"* {EntryReader.Mark}{user.Task}");
        if (user.Profile is not null)
            lines.Add("INCLUDE " + user.Profile.ToUpperInvariant());
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"MACHINE ESA {user.MaxVcpus}"));
        for (var cpu = 0; cpu < user.Vcpus; cpu++)
            lines.Add(Cpu(cpu));
        lines.Add("IPL 0100");
        lines.Add("CONSOLE 0009 3215 T");
        return lines.ToImmutable();
    }

    internal static ImmutableArray<string> WithCpus(ImmutableArray<string> lines, int count)
    {
        var rest = lines.Where(line => !IsStatement(line, "CPU")).ToList();
        // After the head: devices come last in an entry.
        var at = 1 + rest.FindIndex(line => IsStatement(line, "USER") || IsStatement(line, "IDENTITY"));
        rest.InsertRange(at, Enumerable.Range(0, count).Select(Cpu));
        return [.. rest];
    }

    internal static ImmutableArray<string> WithMemory(ImmutableArray<string> lines, long bytes) =>
        [.. lines.Select(line =>
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!(IsStatement(line, "USER") || IsStatement(line, "IDENTITY")) || words.Length < 4)
                return line;
            words[3] = (bytes >> 20).ToString(CultureInfo.InvariantCulture) + "M";
            return string.Join(' ', words);
        })];

    private static string Cpu(int cpu) => "CPU " + cpu.ToString("X2", CultureInfo.InvariantCulture) + (cpu == 0 ? " BASE" : "");

    private static bool IsStatement(string line, string word)
    {
        var start = line.AsSpan().TrimStart();
        return start.StartsWith(word, StringComparison.OrdinalIgnoreCase) && (start.Length == word.Length || start[word.Length] == ' ');
    }
}
