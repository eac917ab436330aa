using System.Collections.Frozen;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;
using Anyvisor.Drivers.SolarisZones.Simulator.Shell;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Commands;

/// <summary>A call of a command.</summary>
/// <param name="Host">Where.</param>
/// <param name="Shell">By which shell.</param>
/// <param name="Words">The command's name first.</param>
/// <param name="Io">Its streams.</param>
internal sealed record Call(SimHost Host, Interpreter Shell, string[] Words, Streams Io)
{
    public ReadOnlySpan<string> Arguments => Words.AsSpan(1);

    public int Say(string text)
    {
        Io.Out(text);
        return 0;
    }

    public int Fail(string text, int code = 1)
    {
        Io.Error(text + "\n");
        return code;
    }
}

/// <summary>Every command that a simulated host knows, by its name without a path.</summary>
internal static class CommandTable
{
    private static readonly FrozenDictionary<string, Func<Call, CancellationToken, Task<int>>> All = new Dictionary<string, Func<Call, CancellationToken, Task<int>>>
    {
        ["zoneadm"] = ZoneadmCommand.RunAsync,
        ["zonecfg"] = ZonecfgCommand.RunAsync,
        ["zlogin"] = ZloginCommand.RunAsync,
        ["vmadm"] = VmadmCommand.RunAsync,
        ["zfs"] = ZfsCommand.RunAsync,
        ["zpool"] = Now(HostCommands.Zpool),
        ["dladm"] = Now(HostCommands.Dladm),
        ["imgadm"] = Now(HostCommands.Imgadm),
        ["nictagadm"] = Now(HostCommands.Nictagadm),
        ["uname"] = Now(HostCommands.Uname),
        ["id"] = Now(call => call.Say("uid=0(root) gid=0(root)\n")),
        ["hostid"] = Now(call => call.Say(call.Host.Hostid + "\n")),
        ["isainfo"] = Now(call => call.Say(call.Host.Flavor == SimFlavor.Solaris11 ? "sparcv9\n" : "amd64\n")),
        ["prtconf"] = Now(HostCommands.Prtconf),
        ["psrinfo"] = Now(HostCommands.Psrinfo),
        ["kstat"] = Now(HostCommands.Kstat),
        ["prstat"] = Now(HostCommands.Prstat),
        ["pagesize"] = Now(call => call.Say("4096\n")),
        ["zonename"] = Now(call => call.Say("global\n")),
        ["hostname"] = Now(call => call.Say(call.Host.Name + "\n")),
        ["cat"] = FileCommands.CatAsync,
        ["grep"] = FileCommands.GrepAsync,
        ["tail"] = Now(FileCommands.Tail),
        ["echo"] = Now(call => call.Say(string.Join(' ', call.Words.Skip(1)) + "\n")),
        ["printf"] = Now(FileCommands.Printf),
        ["test"] = Now(FileCommands.Test),
        ["mkdir"] = Now(FileCommands.Mkdir),
        ["rmdir"] = Now(FileCommands.Rmdir),
        ["rm"] = Now(FileCommands.Rm),
        ["true"] = Now(_ => 0),
        ["false"] = Now(_ => 1),
        ["kill"] = Now(FileCommands.Kill),
        ["sleep"] = FileCommands.SleepAsync,
        ["env"] = FileCommands.EnvAsync,
        ["pfexec"] = Rest(1),
        ["nohup"] = Rest(1),
        ["sh"] = FileCommands.ShellAsync,
        ["pfsh"] = FileCommands.ShellAsync,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Func<Call, CancellationToken, Task<int>>? Find(string word) => All.GetValueOrDefault(word[(word.LastIndexOf('/') + 1)..]);

    private static Func<Call, CancellationToken, Task<int>> Now(Func<Call, int> run) => (call, _) => Task.FromResult(run(call));

    // Runs what follows it.
    private static Func<Call, CancellationToken, Task<int>> Rest(int skip) => (call, token) =>
        call.Words.Length > skip ? call.Shell.CallAsync(call.Words[skip..], call.Io, token) : Task.FromResult(call.Fail($"usage: {call.Words[0]} command", 2));
}
