using System.Globalization;

namespace Anyvisor.Drivers.Zvm.Simulator.Estate;

/// <summary>
/// One directory and the members that its users run on: the one state behind both interfaces. Thread-safe: everything
/// happens inside <see cref="Locked{T}"/>.
/// </summary>
internal sealed class ZvmEstate
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, SimUser> _users = new(StringComparer.Ordinal);
    private int _cylinder = 1;

    internal ZvmEstate(int members, int guests, int seed, TimeProvider time)
    {
        Time = time;
        Members = [.. Enumerable.Range(1, members).Select(slot => new SimMember($"ZVM{slot}", $"OPNCLD{slot}", 16, 4 << 20, slot))];
        Cluster = members > 1 ? "SIMSSI" : null;
        Switches = new[] { new SimSwitch("VSWPROD", "1A00", "DTCVSW1", true), new SimSwitch("VSWTEST", "1B00", "DTCVSW2", true), new SimSwitch("DTCSMAPI", "", "", false) }.ToDictionary(known => known.Name, StringComparer.Ordinal);
        foreach (var image in new[] { new SimImage("rhel9", "rhel9.2", 10016, 2_684_354_560, "rootonly"), new SimImage("sles15", "sles15sp4", 10016, 2_147_483_648, "rootonly"), new SimImage("ubuntu22", "ubuntu22.04", 5008, 1_610_612_736, "rootonly") })
            Images[image.Name] = image;
        Population.Fill(this, guests, new Random(seed));
    }

    internal TimeProvider Time { get; }

    internal IReadOnlyList<SimMember> Members { get; }

    /// <summary>Null for a system alone.</summary>
    internal string? Cluster { get; }
    internal Dictionary<string, SimSwitch> Switches { get; }
    internal SortedDictionary<string, SimImage> Images { get; } = new(StringComparer.Ordinal);
    internal Dictionary<string, HashSet<string>> NameLists { get; } = new(StringComparer.Ordinal);

    internal T Locked<T>(Func<ZvmEstate, T> body)
    {
        lock (_gate)
            return body(this);
    }

    internal IEnumerable<SimUser> Users => _users.Values;

    internal IEnumerable<string> Names => _users.Keys;

    internal SimUser? Find(string id) => _users.GetValueOrDefault(id.ToUpperInvariant());

    internal SimUser Known(string id) => Find(id) ?? throw Refusal.NotInDirectory(id.ToUpperInvariant());

    internal void Add(SimUser user)
    {
        if (!_users.TryAdd(user.Id, user))
            throw new Refusal(400, 8, $"Image {user.Id} already defined");
    }

    internal void LogOn(SimUser user, int member)
    {
        if (user.IsNoLog)
            throw new Refusal(396, 55, $"HCPLGA055E {user.Id} LOGON not allowed");
        if (user.RunsOn is not null)
            throw new Refusal(200, 8, $"Image {user.Id} already active");
        user.RunsOn = member;
        user.Stopped = false;
        user.ActiveCpus = user.Cpus;
        user.ActiveMemory = user.Memory;
        user.LoggedOn = Time.GetUtcNow();
        user.Console.Clear();
        user.Say($"z/VM V7.3    {user.LoggedOn:yyyy-MM-dd HH:mm}");
        user.Say(string.Create(CultureInfo.InvariantCulture, $"LOGON AT {user.LoggedOn:HH:mm:ss} UTC {user.LoggedOn:dddd}").ToUpperInvariant());
        if (user.Os is not null)
            user.Say($"Booting {user.Os}\n[    0.000000] Linux version 5.14.0 (s390x)\n{user.Id.ToLowerInvariant()} login:");
    }

    internal static void LogOff(SimUser user)
    {
        if (user.RunsOn is null)
            throw new Refusal(200, 12, $"Image {user.Id} not active");
        user.RunsOn = null;
        user.Stopped = false;
    }

    internal void Delete(SimUser user)
    {
        if (user.RunsOn is not null)
            throw new Refusal(400, 16, $"Image {user.Id} can't be deleted while it is active");
        _users.Remove(user.Id);
        foreach (var known in Switches.Values)
            known.Granted.Remove(user.Id);
    }

    /// <summary>CP's messages; null when it can be relocated.</summary>
    internal static string? CanRelocate(SimUser user, int to) =>
        user.RunsOn is not { } from ? throw new Refusal(200, 12, $"Image {user.Id} not active")
        : from == to ? "HCPRLB1981E destination is the current member"
        : user.Bound;

    internal string NewMinidisk(string vdev, int cylinders)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"MDISK {vdev} 3390 {_cylinder} {cylinders} LX{_cylinder / 30_000 % 10_000:D4} MR READ WRITE MULTI");
        _cylinder += cylinders;
        return line;
    }

    internal int FreeMb(int member) => Members[member].MemoryMb - (int)Math.Min(Members[member].MemoryMb, _users.Values.Where(user => user.RunsOn == member).Sum(user => (long)user.ActiveMemory));
}
