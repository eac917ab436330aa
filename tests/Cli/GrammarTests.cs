using Anyvisor.Cli.Commands.Shell;
using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Tests;

public sealed class GrammarTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("1073741824", 1L << 30)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("2G", 2L << 30)]
    [InlineData("2g", 2L << 30)]
    [InlineData("2 GiB", 2L << 30)]
    [InlineData("512M", 512L << 20)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("64kB", 64_000)]
    [InlineData("64K", 65_536)]
    [InlineData("7b", 7)]
    public void Sizes_count_by_1024_but_for_the_units_that_end_in_a_bare_B(string text, long bytes)
    {
        Assert.True(ByteSizes.TryParse(text, out var parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("G")]
    [InlineData("1X")]
    [InlineData("1GiBB")]
    [InlineData("0.5")]
    [InlineData("9999999P")]
    [InlineData("1e9")]
    [InlineData("NaN")]
    [InlineData("99999999999999999999999999999999")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSizes.TryParse(text, out _));

    [Theory]
    [InlineData("30", 30)]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("500ms", 0.5)]
    public void Lengths_of_time_have_units(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5d")]
    [InlineData("99999h")]
    public void What_is_no_length_of_time_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData("guset", "guest")]
    [InlineData("lst", "list")]
    [InlineData("--filtr", "--filter")]
    [InlineData("LIST", "list")]
    public void The_nearest_word_is_found(string word, string near) =>
        Assert.Equal(near, Nearest.To(word, ["guest", "list", "--filter", "provider"]));

    [Fact]
    public void A_word_that_is_near_to_nothing_has_no_nearest() => Assert.Null(Nearest.To("kubernetes", ["guest", "list", "provider"]));

    [Fact]
    public void The_reference_page_is_what_the_code_says()
    {
        var globals = new GlobalOptions();
        var page = ReferencePage.Write(Nouns.Build(globals, words: null), globals);
        Assert.Equal(page, File.ReadAllText(Path.Combine(Root(), "docs", "reference", "cli.md")));
    }

    [Fact]
    public void Every_command_and_flag_has_a_description()
    {
        var bare = Walk(Nouns.Build(new GlobalOptions(), words: null))
            .SelectMany(static command =>
                new[] { command.Description }.Concat(command.Options.Select(static o => o.Description)).Concat(command.Arguments.Select(static a => a.Description))
            )
            .Count(string.IsNullOrEmpty);
        Assert.Equal(0, bare);
    }

    private static IEnumerable<System.CommandLine.Command> Walk(System.CommandLine.Command command) =>
        command.Subcommands.SelectMany(Walk).Prepend(command);

    private static string Root()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "Anyvisor.slnx")))
            at = Path.GetDirectoryName(at) ?? throw new InvalidOperationException("Not in a clone.");
        return at;
    }
}
