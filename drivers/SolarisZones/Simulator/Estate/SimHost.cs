using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Anyvisor.Drivers.SolarisZones.Simulator.Commands;
using Anyvisor.Drivers.SolarisZones.Simulator.Shell;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Estate;

internal enum SimFlavor
{
    Solaris11,
    Solaris10,
    OmniOs,
    SmartOs,
}

/// <summary>A ZFS dataset. Its host's gate guards it.</summary>
internal sealed class SimDataset(string name, string mount)
{
    public string Name => name;

    public string Mount { get; set; } = mount;

    /// <summary>In the order in which they were taken.</summary>
    public List<SimSnapshot> Snapshots { get; } = [];
}

internal sealed record SimSnapshot(string Name, long Creation, Dictionary<string, string> Properties);

/// <summary>A simulated global zone: its zones, files, processes and commands.</summary>
internal sealed class SimHost(string name, SimFlavor flavor, TimeProvider time, TimeSpan install)
{
    private readonly ConcurrentDictionary<int, Task<int>> _processes = new();
    private readonly ConditionalWeakTable<Interpreter, object> _shells = [];
    private int _pid = 1000;
    private int _zoneId;

    public string Name => name;

    public SimFlavor Flavor => flavor;

    public TimeProvider Time => time;

    /// <summary>How long an installation takes.</summary>
    public TimeSpan Install => install;

    /// <summary>Guards zones and datasets.</summary>
    public Lock Gate { get; } = new();

    public Dictionary<string, SimZone> Zones { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SimDataset> Datasets { get; } = new(StringComparer.Ordinal);

    /// <summary>Names by mount point.</summary>
    public Dictionary<string, string> Mounts { get; } = new(StringComparer.Ordinal);

    public SimFiles Files { get; } = new();

    public string Pool => flavor == SimFlavor.SmartOs ? "zones" : "rpool";

    /// <summary>The same for the same name.</summary>
    public string Hostid { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 4));

    public int NextZoneId() => Interlocked.Increment(ref _zoneId);

    public SimDataset AddDataset(string dataset, string mount)
    {
        Mounts[mount] = dataset;
        return Datasets[dataset] = new SimDataset(dataset, mount);
    }

    public void RemoveDataset(string dataset)
    {
        if (Datasets.Remove(dataset, out var gone))
            Mounts.Remove(gone.Mount);
    }

    public int Spawn(Func<CancellationToken, Task<int>> run)
    {
        var pid = Interlocked.Increment(ref _pid);
        _processes[pid] = Task.Run(() => run(CancellationToken.None));
        return pid;
    }

    public bool IsRunning(int pid) => _processes.TryGetValue(pid, out var process) && !process.IsCompleted;

    public async Task<int> WaitAsync(int pid, CancellationToken cancellationToken) =>
        _processes.TryGetValue(pid, out var process) ? await process.WaitAsync(cancellationToken).ConfigureAwait(false) : 127;

    public int ShellPid(Interpreter shell) => (int)_shells.GetValue(shell, _ => Interlocked.Increment(ref _pid));

    public Task<int> CallAsync(Interpreter shell, string[] words, Streams io, CancellationToken cancellationToken) =>
        CommandTable.Find(words[0]) is { } command
            ? command(new Call(this, shell, words, io), cancellationToken)
            : NotFound(words[0], io);

    private static Task<int> NotFound(string word, Streams io)
    {
        io.Error($"sh: {word}: not found\n");
        return Task.FromResult(127);
    }
}
