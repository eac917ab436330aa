using System.Runtime.InteropServices;
using System.Text;

namespace Anyvisor.Driver.Ssh;

/// <summary>
/// Hands a password to ssh. ssh asks a program of ours, and that reads a pipe in a folder that is ours alone: so the
/// password is never an argument, never in an environment and never on a disk. What asks for anything else (a key's
/// passphrase, a code, whether a host is to be trusted) gets no answer.
/// </summary>
internal sealed partial class SshPassword : IDisposable
{
    private const uint OwnerOnly = 0x180; // 0600

    private readonly FileStream _pipe;

    /// <param name="folder">Of mode 0700.</param>
    /// <param name="password">Held in the pipe until ssh asks, once.</param>
    public SshPassword(string folder, Secret password)
    {
        var pipe = Path.Combine(folder, "p");
        if (MakeFifo(pipe, OwnerOnly) != 0)
            throw new ProviderException(ProviderError.ProviderFault, $"No pipe can be made in {folder}: {Marshal.GetLastPInvokeErrorMessage()}");
        // For both ways, so that opening waits for nobody.
        _pipe = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        _pipe.Write(Encoding.UTF8.GetBytes(password.Reveal() + "\n"));
        Program = Path.Combine(folder, "a");
        var open = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        using var program = new StreamWriter(Program, open);
        program.Write(
            $"""
            #!/bin/sh
            case $1 in
            *[Pp]assphrase*|*yes/no*) exit 1 ;;
            *[Pp]assword*|*PASSWORD*) IFS= read -r p <{ShellWord.Quote(pipe)} && printf '%s\n' "$p" ;;
            *) exit 1 ;;
            esac

            """.ReplaceLineEndings("\n")
        );
    }

    /// <summary>For SSH_ASKPASS.</summary>
    public string Program { get; }

    public void Dispose() => _pipe.Dispose();

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);
}
