using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Anyvisor.Cli.Commands.Serving;

/// <summary>The programs that lie beside the CLI. On Unix we become them, so the process id stays and signals reach them.</summary>
internal static partial class CompanionProgram
{
    internal static Task<int> BecomeServerAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        // No setting file can say this, only the environment: a small first generation. Its usual size follows the
        // processor's cache and costs 40 MiB of 190 at 10,000 guests. What the user set stays.
        if (!OperatingSystem.IsWindows())
            _ = SetEnvironment("DOTNET_GCgen0size", "400000", overwrite: 0);
        return BecomeAsync("anyvisor-server", "Anyvisor.Server", arguments, cancellationToken);
    }

    internal static Task<int> BecomeSimulatorAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        BecomeAsync("anyvisor-simulate", "Anyvisor.Simulate", arguments, cancellationToken);

    private static async Task<int> BecomeAsync(string name, string project, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var program = Find(name, project);
        if (!OperatingSystem.IsWindows())
        {
            _ = Execute(program, [program, .. arguments, null]);
            throw new CliException(ExitCode.Failed, $"Can't run {program}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    private static string Find(string program, string project)
    {
        var name = OperatingSystem.IsWindows() ? program + ".exe" : program;
        var here = AppContext.BaseDirectory;
        // Beside us where it is installed; in a clone each project has its own folder below artifacts/bin or publish.
        var clone = here.Replace("Anyvisor.Cli", project, StringComparison.Ordinal);
        string[] places = [Path.Combine(here, name), Path.Combine(here, "server", name), Path.Combine(clone, name)];
        return places.FirstOrDefault(File.Exists)
            ?? throw new CliException(ExitCode.Failed, $"{name} is not installed beside {here}.", "Build it, or install the whole package.");
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);

    // The runtime's own call changes its copy of the environment alone, which the new program does not get.
    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
