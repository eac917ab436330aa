using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Xunit.v3;

[assembly: Anyvisor.Tests.TestDeadline]

namespace Anyvisor.Tests;

/// <summary>
/// No test may wait for ever. One that is not done in time is cancelled, so that it fails under its own name; where that
/// does not help, or nothing at all ends for long (a fixture that can't be disposed of), the process ends and says what ran.
/// A project gives other seconds as TestDeadline, a soak as ANYVISOR_TEST_DEADLINE. Nothing is bounded under a debugger.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TestDeadlineAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("ANYVISOR_TEST_DEADLINE") is { Length: > 0 } given ? given : OfProject(), CultureInfo.InvariantCulture)
    );

    private static readonly ConcurrentDictionary<string, Running> Tests = new();

    // The process ends when this often nothing has begun or ended.
    private static readonly Timer Watch = new(_ => EndTheHung(), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    private static long _lastMove = Stopwatch.GetTimestamp();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        GC.KeepAlive(Watch);
        Volatile.Write(ref _lastMove, Stopwatch.GetTimestamp());
        Tests[test.UniqueID] = new Running(test.TestDisplayName, Stopwatch.GetTimestamp(), Xunit.TestContext.Current);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        Volatile.Write(ref _lastMove, Stopwatch.GetTimestamp());
        _ = Tests.TryRemove(test.UniqueID, out var _);
    }

    private static string OfProject() =>
        typeof(TestDeadlineAttribute).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == "TestDeadline")?.Value ?? "180";

    private static void EndTheHung()
    {
        if (Debugger.IsAttached)
            return;
        foreach (var (id, test) in Tests)
        {
            var time = Stopwatch.GetElapsedTime(test.Since);
            if (time > Deadline && !test.Cancelled)
            {
                Console.Error.WriteLine($"not done within {Deadline.TotalSeconds:0} s, and cancelled: {test.Name}");
                _ = Tests.TryUpdate(id, test with { Cancelled = true }, test);
                test.Context.CancelCurrentTest();
            }
            if (time > Deadline * 1.5)
                Die($"this test does not end, not even when cancelled: {test.Name}");
        }
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref _lastMove)) > Deadline * 2)
            Die("no test began or ended for long: a fixture hangs when it is made or disposed of");
    }

    private static void Die(string why)
    {
        Console.Error.WriteLine($"{why}; running: {string.Join(", ", Tests.Values.Select(test => test.Name))}");
        Environment.Exit(70);
    }

    private sealed record Running(string Name, long Since, Xunit.ITestContext Context, bool Cancelled = false);
}
