using System.Collections.Immutable;
using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Model;

namespace Anyvisor.Cli.Commands.Guests;

/// <summary><c>guest tag REF k=v k2-</c>.</summary>
internal sealed class GuestTagCommand : CliCommand
{
    private readonly Argument<string> _guest = References.Guest();
    private readonly Argument<string[]> _tags = new("TAG") { Description = "key=value sets a tag, key- removes it", Arity = ArgumentArity.OneOrMore };

    internal GuestTagCommand()
        : base("tag", "Set and remove a guest's tags")
    {
        Add(_guest);
        Add(_tags);
    }

    internal override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var guest = invocation.Get(_guest);
        var words = invocation.Get(_tags);
        var removed = words.Where(static word => word.Length > 1 && word.EndsWith('-') && !word.Contains('=', StringComparison.Ordinal)).ToList();
        var tags = Pairs.Parse(words.Except(removed), "tag").ToImmutableDictionary(static t => t.Key, static t => (string?)t.Value);
        foreach (var word in removed)
            tags = tags.SetItem(word[..^1], null);
        return GuestPatch.SendAsync(invocation, guest, new PatchGuest { Tags = tags }, $"Guest {guest} is tagged.", cancellationToken);
    }
}
