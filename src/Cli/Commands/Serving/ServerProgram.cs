using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Anyvisor.Cli.Commands.Serving;

/// <summary>The server's own program. On Unix we become it, so the process id stays and signals reach it.</summary>
internal static partial class ServerProgram
{
    private const string Name = "anyvisor-server";

    internal static async Task<int> BecomeAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var program = Find();
        if (!OperatingSystem.IsWindows())
        {
            // No setting file can say this, only the environment: a small first generation. Its usual size follows the
            // processor's cache and costs 40 MiB of 190 at 10,000 guests. What the user set stays.
            _ = SetEnvironment("DOTNET_GCgen0size", "400000", overwrite: 0);
            _ = Execute(program, [program, .. arguments, null]);
            throw new CliException(ExitCode.Failed, $"Can't run {program}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    private static string Find()
    {
        var name = OperatingSystem.IsWindows() ? Name + ".exe" : Name;
        var here = AppContext.BaseDirectory;
        // Beside us where it is installed; in a clone each project has its own folder below artifacts/bin or publish.
        var clone = here.Replace("Anyvisor.Cli", "Anyvisor.Server", StringComparison.Ordinal);
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
