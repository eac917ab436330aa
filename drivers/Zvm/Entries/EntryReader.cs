using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm.Entries;

/// <summary>
/// Reads a directory entry: statements of words, one a line, keywords in any case and some shortened. What it does not
/// know it leaves in <see cref="UserEntry.Lines"/>. Pure; never throws, whatever the lines are.
/// </summary>
internal static class EntryReader
{
    /// <summary>How we mark what we make. DIRMAINT may write comments in upper case.</summary>
    internal const string Mark = "ANYVISOR TASK ";

    internal static UserEntry Read(IEnumerable<string> statements)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        var state = new Reading();
        foreach (var statement in statements)
            if (EntrySecrets.Redact(statement) is { Length: > 0 } line)
            {
                lines.Add(line);
                state.Take(line);
            }
        return state.ToEntry(lines.DrainToImmutable());
    }

    private sealed class Reading
    {
        private readonly SortedSet<int> _cpus = [];
        private readonly Dictionary<string, EntryNic> _nics = new(StringComparer.Ordinal);
        private readonly List<string> _nicOrder = [];
        private readonly ImmutableArray<Disk>.Builder _disks = ImmutableArray.CreateBuilder<Disk>();
        private readonly ImmutableArray<string>.Builder _includes = ImmutableArray.CreateBuilder<string>();
        private UserEntry _entry = new() { Kind = EntryKind.None };

        internal void Take(string line)
        {
            if (line.AsSpan().TrimStart() is ['*', ..])
            {
                Comment(line);
                return;
            }
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                return;
            switch (words[0].ToUpperInvariant())
            {
                case "USER":
                    Head(EntryKind.User, words);
                    break;
                case "IDENTITY":
                    Head(EntryKind.Identity, words);
                    break;
                case "PROFILE":
                    _entry = _entry with { Kind = EntryKind.Profile, Name = Word(words, 1), CanLogOn = false };
                    break;
                case "SUBCONFIG":
                    _entry = _entry with { Kind = EntryKind.SubConfig, Name = Word(words, 1), CanLogOn = false };
                    break;
                case "INCLUDE":
                    if (words.Length > 1)
                        _includes.Add(words[1].ToUpperInvariant());
                    break;
                case "CPU":
                    if (words.Length > 1 && int.TryParse(words[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var cpu))
                        _cpus.Add(cpu);
                    break;
                case "MACHINE" or "MACH":
                    if (words.Length > 2 && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var most))
                        _entry = _entry with { MaxVcpus = most };
                    break;
                case "IPL":
                    _entry = _entry with { Ipl = Word(words, 1) };
                    break;
                case "SHARE":
                    Share(words);
                    break;
                case "COMMAND" or "CMD":
                    Command(words);
                    break;
                case "MDISK" or "MD":
                    Minidisk(words);
                    break;
                case "DEDICATE" or "DED":
                    Dedicated(words);
                    break;
                case "NICDEF":
                    Nic(words);
                    break;
                default:
                    break;
            }
        }

        internal UserEntry ToEntry(ImmutableArray<string> lines) =>
            _entry with
            {
                Vcpus = Math.Max(1, _cpus.Count),
                Disks = _disks.ToImmutable(),
                Nics = [.. _nicOrder.Select(vdev => _nics[vdev])],
                Includes = _includes.ToImmutable(),
                Lines = lines,
            };

        private void Head(EntryKind kind, string[] words)
        {
            // USER name password [initial [maximum [classes]]]; IDENTITY the same.
            var password = Word(words, 2)?.ToUpperInvariant();
            _entry = _entry with
            {
                Kind = kind,
                Name = Word(words, 1),
                CanLogOn = password is not "NOLOG",
                Memory = words.Length > 3 ? Sizes.Bytes(words[3]) : null,
                MaxMemory = words.Length > 4 ? Sizes.Bytes(words[4]) : null,
            };
        }

        private void Comment(string line)
        {
            var at = line.IndexOf(Mark, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
                _entry = _entry with { Task = line[(at + Mark.Length)..].Trim().ToLowerInvariant() };
        }

        private void Share(string[] words)
        {
            var hard = words.Any(word => word.Equals("LIMITHARD", StringComparison.OrdinalIgnoreCase));
            var value = Word(words, 2);
            if (value is null)
                return;
            if (words[1].StartsWith("REL", StringComparison.OrdinalIgnoreCase) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var weight))
                _entry = _entry with { Entitlement = new Entitlement { Weight = weight, Capped = hard } };
            else if (words[1].StartsWith("ABS", StringComparison.OrdinalIgnoreCase))
                _entry = _entry with { Entitlement = new Entitlement { Capped = hard } };
        }

        private void Command(string[] words)
        {
            // COMMAND DEF STOR RESERVED 7168M; COMMAND SET SHARE * RELATIVE 200; COMMAND DEFINE STORAGE INITIAL 1G STANDBY 3G
            for (var i = 1; i + 1 < words.Length; i++)
                if (words[i].ToUpperInvariant() is "RESERVED" or "STANDBY" && Sizes.Bytes(words[i + 1]) is { } reserved)
                    _entry = _entry with { ReservedMemory = reserved };
        }

        private void Minidisk(string[] words)
        {
            // MDISK vdev type start size volume mode; the place may be AUTOG with a pool for the volume, or DEVNO with a real device.
            if (words.Length < 3)
                return;
            var type = words[2].ToUpperInvariant();
            var place = Word(words, 3)?.ToUpperInvariant();
            var units = words.Length > 4 && long.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : (long?)null;
            var volume = place is "V-DISK" or "T-DISK" or "DEVNO" ? null : Word(words, 5);
            _disks.Add(new Disk
            {
                Name = Vdev(words[1]),
                Bus = "ccw",
                Format = type,
                Capacity = units is { } count && place is not "DEVNO" ? Sizes.OfDevice(type, count) : null,
                Source = place switch { "V-DISK" => "virtual", "T-DISK" => "temporary", null => null, _ => string.Join(' ', words.Skip(3).Take(3)) },
                Datastore = volume,
                ReadOnly = Word(words, 6)?.ToUpperInvariant() is "R" or "RR",
            });
        }

        private void Dedicated(string[] words)
        {
            if (words.Length > 2)
                _disks.Add(new Disk { Name = Vdev(words[1]), Device = "lun", Bus = "ccw", Source = Vdev(words[2]) });
        }

        private void Nic(string[] words)
        {
            // NICDEF vdev [TYPE QDIO] [LAN owner name] [MACID xxxxxx]...; several statements may speak of one adapter.
            if (words.Length < 2)
                return;
            var vdev = Vdev(words[1]);
            if (!_nics.TryGetValue(vdev, out var nic))
            {
                nic = new EntryNic(vdev, null, null, null);
                _nicOrder.Add(vdev);
            }
            for (var i = 2; i + 1 < words.Length; i++)
                nic = words[i].ToUpperInvariant() switch
                {
                    "TYPE" => nic with { Type = words[i + 1].ToUpperInvariant() },
                    "LAN" when i + 2 < words.Length => nic with { Lan = words[i + 2].ToUpperInvariant() },
                    "MACID" => nic with { MacId = words[i + 1].ToUpperInvariant() },
                    _ => nic,
                };
            _nics[vdev] = nic;
        }

        private static string? Word(string[] words, int at) => at < words.Length ? words[at] : null;

        private static string Vdev(string text) => text.ToUpperInvariant().PadLeft(4, '0');
    }
}
