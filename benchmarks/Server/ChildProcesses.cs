using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Anyvisor.Benchmarks.Server;

/// <summary>What the processes that we started and that have ended used: a <c>Process</c> can't say so after its end.</summary>
internal static partial class ChildProcesses
{
    private const int Children = -1;

    /// <summary>In user and system mode, of all of them, with their own children.</summary>
    internal static TimeSpan ProcessorTime =>
        GetUsage(Children, out var usage) == 0
            ? TimeSpan.FromSeconds(usage.UserSeconds + usage.SystemSeconds) + TimeSpan.FromMicroseconds(usage.UserMicroseconds + usage.SystemMicroseconds)
            : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static partial int GetUsage(int who, out Usage usage);

    /// <summary>struct rusage of 64-bit Linux: two timeval and fourteen long.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Usage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}
