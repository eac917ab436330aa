using System.CommandLine;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary>The verbs of <c>guest</c>.</summary>
internal static class GuestVerbs
{
    internal static IEnumerable<Command> Create() =>
        [
            new GuestListCommand(),
            new GuestShowCommand(),
            new GuestCreateCommand(),
            new GuestStartCommand(),
            new GuestPowerCommand("stop", "Pull the plug", "stopped"),
            new GuestPowerCommand("shutdown", "Ask the operating system to end", "shut down"),
            new GuestPowerCommand("reboot", "Ask the operating system to restart", "rebooted"),
            new GuestPowerCommand("reset", "Press the reset button", "reset"),
            new GuestPowerCommand("pause", "Stop, with the memory kept in RAM", "paused"),
            new GuestPowerCommand("resume", "Go on after pause or suspend", "resumed"),
            new GuestPowerCommand("suspend", "Stop, with the memory saved to disk", "suspended"),
            new GuestDeleteCommand(),
            new GuestResizeCommand(),
            new GuestRenameCommand(),
            new GuestTagCommand(),
            new Command("snapshot", "Saved points in a guest's time")
            {
                new SnapshotCreateCommand(),
                new SnapshotListCommand(),
                new SnapshotChangeCommand("revert", "Go back to a snapshot; what came after it is lost", "reverted to"),
                new SnapshotChangeCommand("delete", "Delete a snapshot; the guest stays as it is", "deleted"),
            },
            new GuestCloneCommand(),
            new GuestCaptureCommand(),
            new GuestMigrateCommand(),
            new GuestMoveCommand(),
            new GuestConsoleCommand(),
            new GuestMetricsCommand(),
            new GuestHistoryCommand(),
            new GuestBulkCommand(),
        ];
}
