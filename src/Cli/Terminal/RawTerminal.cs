using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Anyvisor.Cli.Terminal;

/// <summary>
/// The terminal on standard input without line editing, echo and signal keys, so that every key reaches the guest.
/// Disposing gives it back as it was; safe to do more than once and from a signal's handler.
/// </summary>
internal sealed partial class RawTerminal : IDisposable
{
    private const int StandardInput = 0;
    private const int Now = 0;

    // Larger than struct termios of any Unix; only libc looks inside, so its layout is no concern of ours.
    private const int AmpleForTermios = 256;
    private readonly byte[] _before;
    private int _restored;

    private RawTerminal(byte[] before) => _before = before;

    internal static RawTerminal Enter()
    {
        var before = new byte[AmpleForTermios];
        Check(GetAttributes(StandardInput, before));
        var raw = before.AsSpan().ToArray();
        MakeRaw(raw);
        Check(SetAttributes(StandardInput, Now, raw));
        return new RawTerminal(before);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _restored, 1) == 0)
            _ = SetAttributes(StandardInput, Now, _before);
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new CliException(ExitCode.Failed, "The terminal can't be used raw: " + new Win32Exception(Marshal.GetLastPInvokeError()).Message);
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(int descriptor, [Out] byte[] attributes);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw([In, Out] byte[] attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(int descriptor, int actions, [In] byte[] attributes);
}
