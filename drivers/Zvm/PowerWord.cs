using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm;

/// <summary>
/// The words for a user's state, of both interfaces, and what they mean: one table. The connector says <c>on</c> and
/// <c>off</c>, its tools also the states that one waits for; the management API says return and reason codes.
/// </summary>
internal static class PowerWord
{
    internal const string On = "on";
    internal const string Off = "off";

    /// <summary>A user that we stopped with CP STOP stays logged on, and z/VM tells nobody: we remember it.</summary>
    internal const string Paused = "paused";

    internal static (PowerState Power, Transition Transition) Meaning(string word) => word.Trim().ToLowerInvariant() switch
    {
        On or "up" or "active" or "logged on" or "0/0" => (PowerState.On, Transition.None),
        Off or "down" or "inactive" or "not active" or "not logged on" or "200/12" or "0/12" => (PowerState.Off, Transition.None),
        Paused => (PowerState.Paused, Transition.None),
        "shutdown" or "logging off" or "200/16" => (PowerState.On, Transition.Stopping),
        "200/8" => (PowerState.On, Transition.None),
        _ => (PowerState.Unknown, Transition.None),
    };

    /// <summary>Every word of the table, for the test that walks it.</summary>
    internal static IEnumerable<string> All => ["on", "off", "up", "down", "active", "inactive", "not active", "logged on", "not logged on", "logging off", "shutdown", "paused", "0/0", "0/12", "200/8", "200/12", "200/16"];
}
