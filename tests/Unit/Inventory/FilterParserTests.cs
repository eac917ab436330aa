using Anyvisor.Core.Inventory;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Unit.Tests.Inventory;

public sealed class FilterParserTests
{
    [Fact]
    public void The_example_of_the_design_parses_into_its_terms()
    {
        var filter = FilterParser.Parse("power:on arch:ppc64le,s390x name~web* cpu>=4 memory>8GiB tag.env:prod os.family:ibmi -host:esx3 \"free text\"");

        Assert.Equal(9, filter.Terms.Length);
        Assert.Equal(["ppc64le", "s390x"], filter.Terms[1].Values.Select(v => v.Text));
        Assert.Equal((FilterOperator.Like, "web*"), (filter.Terms[2].Operator, filter.Terms[2].Values[0].Text));
        Assert.Equal(FilterOperator.GreaterOrEqual, filter.Terms[3].Operator);
        Assert.Equal(("tag", "env"), (filter.Terms[5].Field, filter.Terms[5].Key));
        Assert.True(filter.Terms[7].Negated);
        Assert.Equal((FilterOperator.Text, "free text", true), (filter.Terms[8].Operator, filter.Terms[8].Values[0].Text, filter.Terms[8].Values[0].Quoted));
    }

    [Theory]
    [InlineData("name:\"half", 5, "not closed")]
    [InlineData("power:on -", 9, "stands alone")]
    [InlineData("host:", 5, "missing")]
    [InlineData("host:a,,b", 7, "missing")]
    [InlineData("host:\"a\"b", 8, "space or ','")]
    [InlineData("host:a\"b\"", 6, "quotes")]
    public void What_does_not_parse_is_pointed_at(string text, int position, string says)
    {
        var error = Assert.Throws<QueryException>(() => FilterParser.Parse(text));
        Assert.Equal(position, error.Position);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("powr:on", 0, "power")]
    [InlineData("power:on -memry>1", 10, "memory")]
    [InlineData("os.famly:linux", 0, "os.family")]
    public void An_unknown_field_names_the_nearest(string text, int position, string nearest)
    {
        var error = Assert.Throws<QueryException>(() => GuestFilter.Parse(text, RandomEstate.Epoch));
        Assert.Equal(position, error.Position);
        Assert.Equal(nearest, error.Candidates[0]);
        Assert.Contains(nearest, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("power:onn", "'onn' is no value of 'power'")]
    [InlineData("memory>lots", "not a size")]
    [InlineData("cpu~4", "compare it with")]
    [InlineData("name>a", "text")]
    [InlineData("createdAt>yesterday", "not a time")]
    [InlineData("service:maybe", "true or false")]
    [InlineData("cpu>4,5", "one value")]
    public void A_value_of_the_wrong_sort_says_what_is_expected(string text, string says) =>
        Assert.Contains(says, Assert.Throws<QueryException>(() => GuestFilter.Parse(text, RandomEstate.Epoch)).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_text_parses_or_is_refused_and_what_parses_prints_back()
    {
        const string Alphabet = "ab.-:=~<>,\"\\* ?\t0é";
        var random = new Random(4711);
        for (var round = 0; round < 50_000; round++)
        {
            var text = string.Create(random.Next(20), random, static (span, r) =>
            {
                foreach (ref var c in span)
                    c = Alphabet[r.Next(Alphabet.Length)];
            });
            FilterSyntax syntax;
            try
            {
                syntax = FilterParser.Parse(text);
            }
            catch (QueryException e)
            {
                Assert.InRange(e.Position, 0, text.Length);
                continue;
            }
            Assert.Equal(syntax, FilterParser.Parse(syntax.ToString()));
        }
    }

    [Theory]
    [InlineData("8GiB", 8L << 30)]
    [InlineData("8G", 8L << 30)]
    [InlineData("8GB", 8_000_000_000L)]
    [InlineData("1.5KiB", 1536)]
    [InlineData("512", 512)]
    public void Sizes_are_binary_unless_they_say_otherwise(string text, long bytes)
    {
        Assert.True(Quantities.TryBytes(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Fact]
    public void A_day_is_all_of_its_moments_and_a_length_counts_back()
    {
        var now = new DateTime(2026, 3, 10, 12, 0, 0, DateTimeKind.Utc);
        var guest = new RandomEstate(1).Next("lab", 1) with { CreatedAt = new DateTime(2026, 3, 9, 18, 0, 0, DateTimeKind.Utc) };

        Assert.True(GuestFilter.Parse("created:2026-03-09", now).Matches(guest));
        Assert.False(GuestFilter.Parse("created>2026-03-09", now).Matches(guest));
        Assert.True(GuestFilter.Parse("created>=2026-03-09T18:00:00Z", now).Matches(guest));
        Assert.True(GuestFilter.Parse("created>1d", now).Matches(guest));
        Assert.False(GuestFilter.Parse("created>12h", now).Matches(guest));
    }

    [Fact]
    public void Wildcards_absent_values_and_negation_mean_what_they_say()
    {
        var guest = new RandomEstate(1).Next("lab", 1) with { Name = "Web01", Host = null, Power = PowerState.On };

        Assert.All(["name:web01", "name:web*", "name~eb0", "name~web*", "name:?eb0?", "host:\"\"", "-host:*", "power:o*", "web", "-cluster:nope"], Matches);
        Assert.All(["name:web", "name:\"web*\"", "name~eb*", "host:*", "-power:on"], text => Assert.False(GuestFilter.Parse(text, default).Matches(guest), text));

        void Matches(string text) => Assert.True(GuestFilter.Parse(text, default).Matches(guest), text);
    }
}
