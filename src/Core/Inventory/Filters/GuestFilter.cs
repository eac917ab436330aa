using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>A filter over guests, ready to run. Immutable and safe to share.</summary>
public sealed class GuestFilter
{
    internal GuestFilter(CompiledFilter<Guest> compiled) => Compiled = compiled;

    /// <param name="text">In the filter language; null or empty lets everything pass.</param>
    /// <param name="now">What lengths of time in it (<c>created&gt;7d</c>) count back from, UTC.</param>
    /// <exception cref="QueryException">The text is not a filter over guests.</exception>
    public static GuestFilter Parse(string? text, DateTime now) => new(GuestFields.Set.Compile(FilterParser.Parse(text), now));

    /// <summary>Whether the filter says anything of service guests; if not, lists hide them.</summary>
    public bool NamesService => Compiled.Syntax.Terms.Any(t => t.Field == "service");

    internal CompiledFilter<Guest> Compiled { get; }

    public bool Matches(Guest guest)
    {
        ArgumentNullException.ThrowIfNull(guest);
        return Compiled.Fits(guest);
    }

    /// <summary>
    /// The same of a guest with its views: who asks for a provider's guests gets those that it shows another's view of, as
    /// lists do.
    /// </summary>
    internal bool MatchesShown(Guest guest) =>
        Matches(guest)
        || guest.Views is { IsEmpty: false } views
            && Compiled.Syntax.Terms.Any(term => term is { Field: "provider", Negated: false })
            && views.Any(view => !view.Authority && Matches(Through(guest, view)));

    private static Guest Through(Guest guest, GuestView view) =>
        guest with { Id = view.Id, Provider = view.Provider, Host = view.Host, Power = view.Power, Raw = view.Raw, Presence = view.Presence };

    public override string ToString() => Compiled.Syntax.ToString();
}
