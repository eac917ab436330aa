using System.Diagnostics;
using System.Globalization;

namespace Anyvisor.Core.Tasks;

/// <summary>
/// Places where a test can kill the process, to prove that what was begun is found and finished by the next start.
/// Off unless <c>ANYVISOR_FAILPOINT</c> names one when the process starts: see docs/reference/failpoints.md.
/// </summary>
public sealed class FailPoints
{
    public const string Variable = "ANYVISOR_FAILPOINT";
    public const string BeforeIntent = "before-intent";
    public const string AfterIntent = "after-intent";
    public const string AfterEffect = "after-effect";
    public const string AfterResult = "after-result";
    public const string BeforeUndo = "before-undo";
    public const string AfterUndo = "after-undo";

    private readonly string? _point;
    private readonly Func<string, Task>? _strike;
    private int _hitsLeft;

    private FailPoints(string? point, int hits, Func<string, Task>? strike)
    {
        _point = point;
        _hitsLeft = hits;
        _strike = strike;
    }

    public static FailPoints None { get; } = new(null, 0, null);

    /// <summary>From the environment: <c>POINT</c>, or <c>POINT:N</c> for the Nth time that it is passed.</summary>
    public static FailPoints FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text)
            return None;
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var hits) && hits > 0
            ? new FailPoints(text[..colon], hits, KillAsync)
            : new FailPoints(text, 1, KillAsync);
    }

    /// <summary>For tests in one process: every point is told to the delegate, which may wait for the engine's end.</summary>
    internal static FailPoints Observed(Func<string, Task> strike) => new(null, 0, strike);

    /// <summary>Passes a point: <c>guest.create/define/after-effect</c>.</summary>
    internal Task PassAsync(string kind, string step, string moment)
    {
        if (_strike is null)
            return Task.CompletedTask;
        var point = $"{kind}/{step}/{moment}";
        if (_point is null)
            return _strike(point);
        return point == _point && Interlocked.Decrement(ref _hitsLeft) == 0 ? _strike(point) : Task.CompletedTask;
    }

    // SIGKILL: no handler runs and no buffer is flushed, as when the machine takes the process away.
    private static Task KillAsync(string point)
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
    }
}
