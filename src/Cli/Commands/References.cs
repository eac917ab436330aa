using System.CommandLine;

namespace Anyvisor.Cli.Commands;

/// <summary>How commands take what they work on.</summary>
internal static class References
{
    internal const string Help = "Its id, its name, or PROVIDER/NAME";

    internal static Argument<string> Guest() => new("REF") { Description = "The guest: its id, its name, or PROVIDER/NAME" };
}
