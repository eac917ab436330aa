using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Drivers.SolarisZones.Wire;
using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Words;

public sealed class TagTests
{
    [Theory]
    [InlineData("prod & more")]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("100% \"quoted\"; delete -F; \\")]
    [InlineData("[list]")]
    [InlineData("(a=b)")]
    [InlineData("two\nlines\tand ü雪")]
    public void A_value_comes_back_as_it_was(string value)
    {
        var commands = ZoneTags.Edits(ZoneConfig.Empty, ImmutableDictionary<string, string>.Empty.Add("env", value));
        Assert.DoesNotContain(commands, command => command.Contains(';', StringComparison.Ordinal));
        var config = ZoneConfig.Parse("create -b\n" + string.Join('\n', commands));
        Assert.Equal(value, Assert.Single(ZoneTags.Of(config)).Value);
    }

    [Fact]
    public void Only_what_differs_is_changed()
    {
        var config = ZoneConfig.Parse("create -b\nadd attr\nset name=tag-a\nset type=string\nset value=1\nend\nadd attr\nset name=tag-b\nset type=string\nset value=2\nend\nadd attr\nset name=comment\nset type=string\nset value=3\nend");
        Assert.Empty(ZoneTags.Edits(config, ZoneTags.Of(config)));
        Assert.Equal(
            ["remove attr name=tag-a", "select attr name=tag-b", "set value=5", "end"],
            ZoneTags.Edits(config, ImmutableDictionary<string, string>.Empty.Add("b", "5")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a;b")]
    [InlineData("ü")]
    public void A_key_that_no_attr_can_have_is_refused(string key) =>
        Assert.Equal(ProviderError.InvalidArgument, Assert.Throws<ProviderException>(() => ZoneTags.Edits(ZoneConfig.Empty, ImmutableDictionary<string, string>.Empty.Add(key, "x"))).Error);
}
