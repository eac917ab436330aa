using System.CommandLine;
using Anyvisor.Cli.Commands.Access;
using Anyvisor.Cli.Commands.Events;
using Anyvisor.Cli.Commands.Guests;
using Anyvisor.Cli.Commands.Images;
using Anyvisor.Cli.Commands.Inventory;
using Anyvisor.Cli.Commands.Providers;
using Anyvisor.Cli.Commands.Serving;
using Anyvisor.Cli.Commands.Shell;
using Anyvisor.Cli.Commands.Tasks;

namespace Anyvisor.Cli.Grammar;

/// <summary>The whole grammar. A noun's verbs are made only when its name is on the command line: most runs need one noun.</summary>
internal static class Nouns
{
    /// <summary>Without response files: a value that begins with @ is a value.</summary>
    internal static ParserConfiguration Parsing { get; } = new() { ResponseFileTokenReplacer = null };

    /// <param name="globals">Flags of every command.</param>
    /// <param name="words">The command line; null makes every noun whole.</param>
    internal static RootCommand Build(GlobalOptions globals, string[]? words)
    {
        var root = new RootCommand("One tool for every hypervisor.");
        foreach (var option in globals.All)
            root.Add(option);
        // Completion is asked for the line as one word.
        var whole = words is null || words is [['[', ..], ..];
        foreach (var (name, description, verbs) in All)
        {
            var noun = new Command(name, description);
            if (whole || words.Contains(name))
                foreach (var verb in verbs())
                    noun.Add(verb);
            root.Add(noun);
        }
        foreach (var command in (Command[])[new ServeCommand(), new SimulateCommand(), new VersionCommand(), new CompletionCommand(), new ReferenceCommand()])
            root.Add(command);
        return root;
    }

    private static (string Name, string Description, Func<IEnumerable<Command>> Verbs)[] All =>
        [
            ("guest", "Virtual machines, partitions, zones, containers and instances", GuestVerbs.Create),
            ("provider", "The management APIs that we are connected to", ProviderVerbs.Create),
            ("driver", "The kinds of provider, and what each can do", DriverVerbs.Create),
            ("host", "Machines that run guests", InventoryVerbs.Hosts),
            ("cluster", "Hosts that share placement", InventoryVerbs.Clusters),
            ("image", "What guests are made from", ImageVerbs.Create),
            ("size", "Named shapes of guests", InventoryVerbs.Sizes),
            ("datastore", "Places for disks", InventoryVerbs.Datastores),
            ("volume", "Disks", InventoryVerbs.Volumes),
            ("network", "Segments that guests are on", InventoryVerbs.Networks),
            ("task", "Work that the server does for somebody", TaskVerbs.Create),
            ("event", "What happens, in order", EventVerbs.Create),
            ("token", "Keys to the API", TokenVerbs.Create),
            ("audit", "Who did what", AuditVerbs.Create),
        ];
}
