using System.Text.Json;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests;

/// <summary>Verbs in the words of the API and of people.</summary>
internal static class VerbWords
{
    public static string Of(Verb verb) => JsonNamingPolicy.KebabCaseLower.ConvertName(verb.ToString());

    public static string Of(PowerState power) => JsonNamingPolicy.KebabCaseLower.ConvertName(power.ToString());

    public static string Label(Verb verb) =>
        verb switch
        {
            Verb.Shutdown => "Shut down",
            Verb.Capture => "Make an image of",
            Verb.SnapshotCreate => "Take a snapshot of",
            Verb.SnapshotRevert => "Revert",
            Verb.SnapshotDelete => "Delete a snapshot of",
            Verb.ConsoleSerial => "Open the serial console of",
            Verb.ConsoleVnc => "Open the screen of",
            _ => verb.ToString(),
        };
}
