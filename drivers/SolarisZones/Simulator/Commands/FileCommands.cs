using System.Globalization;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Commands;

/// <summary>What every Unix has.</summary>
internal static class FileCommands
{
    public static async Task<int> CatAsync(Call call, CancellationToken cancellationToken)
    {
        if (call.Words.Length == 1)
            return call.Say(await call.Io.In.ReadAllAsync(cancellationToken).ConfigureAwait(false));
        foreach (var path in call.Words.Skip(1))
            if (call.Host.Files.Read(path) is { } text)
                call.Io.Out(text);
            else
                return call.Fail($"cat: cannot open {path}: No such file or directory");
        return 0;
    }

    public static async Task<int> GrepAsync(Call call, CancellationToken cancellationToken)
    {
        var pattern = call.Words[^1];
        var (begins, text) = pattern.StartsWith('^') ? (true, pattern[1..]) : (false, pattern);
        var found = 1;
        while (await call.Io.In.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            if (begins ? line.StartsWith(text, StringComparison.Ordinal) : line.Contains(text, StringComparison.Ordinal))
                found = call.Say(line + "\n");
        return found;
    }

    public static int Tail(Call call)
    {
        var count = call.Words.Length > 2 && int.TryParse(call.Words[1].TrimStart('-'), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 10;
        if (call.Host.Files.Read(call.Words[^1]) is not { } text)
            return call.Fail($"tail: cannot open input {call.Words[^1]}");
        return call.Say(string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(count).Select(line => line + "\n")));
    }

    public static int Printf(Call call) => call.Words is [_, "%s", var text] ? call.Say(text) : call.Say(string.Join(' ', call.Words.Skip(1)).Replace("\\n", "\n", StringComparison.Ordinal));

    public static int Test(Call call) => call.Words[1..] switch
    {
        ["-d", var path] => call.Host.Files.IsFolder(path) ? 0 : 1,
        ["-f", var path] => call.Host.Files.IsFile(path) ? 0 : 1,
        ["-x", "/usr/sbin/vmadm"] => call.Host.Flavor == Estate.SimFlavor.SmartOs ? 0 : 1,
        ["-x", _] => 1,
        [var left, "=", var right] => left == right ? 0 : 1,
        _ => call.Fail("test: argument expected", 2),
    };

    public static int Mkdir(Call call) =>
        call.Host.Files.MakeFolder(call.Words[^1]) ? 0 : call.Fail($"mkdir: Failed to make directory \"{call.Words[^1]}\"; File exists", 2);

    public static int Rmdir(Call call) => call.Host.Files.RemoveFolder(call.Words[^1]) ? 0 : call.Fail($"rmdir: directory \"{call.Words[^1]}\": Directory does not exist", 2);

    public static int Rm(Call call)
    {
        foreach (var path in call.Words.Skip(1).Where(word => !word.StartsWith('-')))
            _ = call.Host.Files.Remove(path);
        return 0;
    }

    public static int Kill(Call call) =>
        int.TryParse(call.Words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && call.Host.IsRunning(pid) ? 0 : call.Fail("sh: kill: no such process");

    public static async Task<int> SleepAsync(Call call, CancellationToken cancellationToken)
    {
        if (double.TryParse(call.Words[^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(seconds, 3600)), call.Host.Time, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    public static Task<int> EnvAsync(Call call, CancellationToken cancellationToken)
    {
        var below = call.Shell.Instead(["sh"]);
        var at = 1;
        for (; at < call.Words.Length && call.Words[at].IndexOf('=', StringComparison.Ordinal) is var equals and > 0; at++)
            below.Variables[call.Words[at][..equals]] = call.Words[at][(equals + 1)..];
        return at < call.Words.Length ? below.CallAsync(call.Words[at..], call.Io, cancellationToken) : Task.FromResult(0);
    }

    /// <summary><c>sh -c TEXT [NAME [PARAMETER...]]</c>, or <c>sh</c> with its commands by standard input.</summary>
    public static Task<int> ShellAsync(Call call, CancellationToken cancellationToken) => call.Words switch
    {
        [_, "-c", var text, .. var parameters] => call.Shell.Below(parameters.Length > 0 ? parameters : ["sh"]).RunAsync(text, call.Io, cancellationToken),
        [_] => call.Shell.Instead(["sh"]).RunInputAsync(call.Io, cancellationToken),
        _ => Task.FromResult(call.Fail("sh: only -c and commands by standard input are simulated", 2)),
    };
}
