using System.Runtime.InteropServices;

namespace Anyvisor.Benchmarks;

/// <summary>The processor time that this thread has used: what others use on the same machine does not count.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    internal static TimeSpan Now
    {
        get
        {
            if (clock_gettime(ThreadCpuTime, out var time) != 0)
                throw new InvalidOperationException("The thread's clock can't be read.");
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
        }
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
