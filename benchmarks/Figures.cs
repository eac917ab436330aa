using System.Globalization;

namespace Anyvisor.Benchmarks;

/// <summary>Prints <c>figure | measured | target | ok</c>, one line each, and remembers whether all held.</summary>
internal sealed class Figures
{
    internal bool AllOk { get; private set; } = true;

    internal void AtLeast(string figure, double measured, double target, string unit)
    {
        var ok = measured >= target;
        AllOk &= ok;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure} | {measured:0.###} {unit} | at least {target:0.###} {unit} | {(ok ? "ok" : "MISSED")}"));
    }

    internal void AtMost(string figure, double measured, double target, string unit)
    {
        var ok = measured <= target;
        AllOk &= ok;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure} | {measured:0.###} {unit} | at most {target:0.###} {unit} | {(ok ? "ok" : "MISSED")}"));
    }
}
