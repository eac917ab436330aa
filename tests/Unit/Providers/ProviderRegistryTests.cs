using System.Collections.Immutable;
using Anyvisor.Core.Problems;
using Anyvisor.Driver;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Providers.Fakes;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers;

public sealed class ProviderRegistryTests
{
    private readonly FakeDriver _driver = new()
    {
        Settings =
        [
            new Setting { Name = "region", Required = true, Help = "which region" },
            new Setting { Name = "port", Type = SettingType.Integer, Help = "the port" },
            new Setting { Name = "mode", Type = SettingType.Choice, Choices = ["fast", "safe"], Help = "how" },
            new Setting { Name = "timeout", Type = SettingType.Duration, Help = "how long" },
            new Setting { Name = "verify", Type = SettingType.Boolean, Help = "whether" },
            new Setting { Name = "api-key", Type = SettingType.Secret, Help = "the key" },
        ],
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static AddProvider Request(params (string Name, string Value)[] settings) =>
        new()
        {
            Name = "lab",
            Driver = "fake",
            Url = "fake:",
            User = "root",
            Password = "pa55word",
            Settings = settings.Prepend((Name: "region", Value: "west")).GroupBy(s => s.Name).ToImmutableDictionary(s => s.Key, s => s.Last().Value),
        };

    [Fact]
    public async Task What_was_added_is_there_after_a_restart_with_its_secrets_for_the_driver_alone()
    {
        var bed = await ProviderBed.OpenAsync([_driver]);
        var added = await bed.Registry.AddAsync(Request(("api-key", "k3y-of-lab"), ("port", "7443")), Stop);
        Assert.Equal(["api-key", "password"], added.Secrets);
        Assert.Equal("7443", added.Settings["port"]);
        Assert.False(added.Settings.ContainsKey("api-key"));
        await bed.CloseAsync();

        _driver.Addresses.Clear();
        await using var again = await ProviderBed.OpenAsync([_driver], directory: bed.Directory);
        await again.StateAsync("lab", ProviderState.Connected);
        Assert.True(_driver.Addresses.TryPeek(out var address));
        Assert.Equal(("root", "pa55word", "k3y-of-lab", "west"), (address.User, address.Password!.Reveal(), address.Secrets["api-key"].Reveal(), address.Settings["region"]));
        Assert.Equal(added with { State = ProviderState.Connected }, again.Registry.Get("lab") with { Settings = added.Settings, Secrets = added.Secrets, StateSince = added.StateSince, Product = added.Product, Version = added.Version, Freshness = added.Freshness, SyncedAt = added.SyncedAt, HeardAt = added.HeardAt, Guests = added.Guests, Problem = added.Problem });
    }

    [Theory]
    [InlineData("")]
    [InlineData("Lab")]
    [InlineData("-lab")]
    [InlineData("la/b")]
    [InlineData("lab ")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public async Task A_name_that_would_not_fit_a_path_is_refused(string name)
    {
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        var refused = await Assert.ThrowsAsync<CommandException>(() => bed.Registry.AddAsync(Request() with { Name = name }, Stop));
        Assert.Equal(ProblemTypes.InvalidArgument, refused.Problem.Type);
        Assert.Equal(0, _driver.Connects);
    }

    [Theory]
    [InlineData("fake://root:hunter2@lab/system")]
    [InlineData("fake://:hunter2@lab")]
    [InlineData("fake://root:hunter2/with@slash@lab")]
    [InlineData("fake:?password=hunter2")]
    [InlineData("fake:///x?a=b&ToKeN=hunter2")]
    [InlineData("fake:?pass%77ord=hunter2")]
    public async Task A_password_in_the_url_is_refused_and_not_repeated(string url)
    {
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        var refused = await Assert.ThrowsAsync<CommandException>(() => bed.Registry.AddAsync(Request() with { Url = url }, Stop));
        Assert.Contains("--password-file", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        Assert.Empty(bed.Registry.List());
    }

    [Theory]
    [InlineData("fake://root@lab/system")]
    [InlineData("fake+ssh://root@lab:22/system?keyfile=/root/key")]
    [InlineData("fake:?seed=1")]
    public async Task A_user_or_port_in_the_url_is_no_password(string url)
    {
        await using var bed = await ProviderBed.OpenAsync([new FakeDriver()]);
        var lenient = new AddProvider { Name = "lab", Driver = "fake", Url = url.Replace("fake+ssh:", "fake:", StringComparison.Ordinal), SkipCheck = true };
        Assert.Equal("lab", (await bed.Registry.AddAsync(lenient, Stop)).Name);
    }

    [Theory]
    [InlineData("regoin", "x", "region")]
    [InlineData("port", "many", "whole number")]
    [InlineData("mode", "slow", "fast, safe")]
    [InlineData("timeout", "soon", "length of time")]
    [InlineData("verify", "maybe", "true or false")]
    [InlineData("api-key", "", "is empty")]
    public async Task A_wrong_setting_says_what_is_right(string name, string value, string says)
    {
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        var refused = await Assert.ThrowsAsync<CommandException>(() => bed.Registry.AddAsync(Request((name, value)), Stop));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, _driver.Connects);
    }

    [Fact]
    public async Task A_missing_setting_a_wrong_driver_a_wrong_url_and_a_taken_name_are_refused()
    {
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        var registry = bed.Registry;
        Assert.Contains("--set region=", (await Assert.ThrowsAsync<CommandException>(() => registry.AddAsync(Request() with { Settings = ImmutableDictionary<string, string>.Empty }, Stop))).Message, StringComparison.Ordinal);
        Assert.Equal(["fake"], (await Assert.ThrowsAsync<CommandException>(() => registry.AddAsync(Request() with { Driver = "fkae" }, Stop))).Problem.Candidates);
        Assert.Contains("begins with 'fake:'", (await Assert.ThrowsAsync<CommandException>(() => registry.AddAsync(Request() with { Url = "http://lab" }, Stop))).Message, StringComparison.Ordinal);
        await registry.AddAsync(Request(), Stop);
        Assert.Equal(ProblemTypes.Conflict, (await Assert.ThrowsAsync<CommandException>(() => registry.AddAsync(Request(), Stop))).Problem.Type);
        Assert.Equal(["lab"], (await Assert.ThrowsAsync<CommandException>(() => registry.PatchAsync("lap", new PatchProvider(), Stop))).Problem.Candidates);
    }

    [Theory]
    [InlineData(ProviderError.AuthenticationFailed)]
    [InlineData(ProviderError.Unreachable)]
    [InlineData(ProviderError.ProtocolViolation)]
    public async Task What_does_not_work_is_not_kept_unless_asked(ProviderError error)
    {
        _driver.OnConnect = (_, _) => throw new ProviderException(error, "what, where, what to do");
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        var refused = await Assert.ThrowsAsync<ProviderException>(() => bed.Registry.AddAsync(Request(), Stop));
        Assert.Equal((error, "what, where, what to do"), (refused.Error, refused.Message));
        Assert.Empty(bed.Registry.List());
        await bed.Registry.AddAsync(Request() with { SkipCheck = true }, Stop);
        await ProviderBed.UntilAsync(() => bed.Registry.Get("lab").Problem is not null, "the problem shows");
        Assert.Equal(error, (await Assert.ThrowsAsync<ProviderException>(() => bed.Registry.CheckAsync("lab", Stop))).Error);
    }

    [Fact]
    public async Task A_patch_keeps_what_it_does_not_name_and_connects_anew()
    {
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.Registry.AddAsync(Request(("api-key", "old-key"), ("port", "1")), Stop);
        await bed.StateAsync("lab", ProviderState.Connected);
        var patch = new PatchProvider { Password = "n3w", Settings = ImmutableDictionary<string, string?>.Empty.Add("port", null).Add("mode", "safe") };
        var patched = await bed.Registry.PatchAsync("lab", patch, Stop);
        Assert.Equal((false, "safe", "west"), (patched.Settings.ContainsKey("port"), patched.Settings["mode"], patched.Settings["region"]));
        await bed.StateAsync("lab", ProviderState.Connected);
        Assert.Equal(("n3w", "old-key", "root"), (_driver.Addresses.Last().Password!.Reveal(), _driver.Addresses.Last().Secrets["api-key"].Reveal(), _driver.Addresses.Last().User));
        Assert.True(_driver.Connections.First().Disposed.IsCompleted);
        await Assert.ThrowsAsync<CommandException>(() => bed.Registry.PatchAsync("lab", new PatchProvider { Settings = ImmutableDictionary<string, string?>.Empty.Add("region", null) }, Stop));
        Assert.Equal("west", bed.Registry.Get("lab").Settings["region"]);
    }

    [Fact]
    public async Task A_disabled_provider_is_left_alone_and_its_guests_are_unreachable()
    {
        await using var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.Registry.AddAsync(Request(), Stop);
        await bed.StateAsync("lab", ProviderState.Connected);
        Assert.Equal(ProviderState.Disabled, (await bed.Registry.PatchAsync("lab", new PatchProvider { Enabled = false }, Stop)).State);
        var connects = _driver.Connects;
        bed.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(connects, _driver.Connects);
        Assert.Equal(Presence.Unreachable, bed.Guest("lab", 1)!.Presence);
        Assert.Equal(ProblemTypes.Conflict, (await Assert.ThrowsAsync<CommandException>(() => bed.Registry.RefreshAsync("lab", false, Stop))).Problem.Type);
        await bed.Registry.PatchAsync("lab", new PatchProvider { Enabled = true }, Stop);
        await bed.StateAsync("lab", ProviderState.Connected);
    }

    [Fact]
    public async Task A_removed_provider_is_gone_with_its_objects_now_and_after_a_restart()
    {
        var bed = await ProviderBed.OpenAsync([_driver]);
        await bed.Registry.AddAsync(Request(), Stop);
        await bed.StateAsync("lab", ProviderState.Connected);
        await bed.Registry.RemoveAsync("lab", Stop);
        Assert.Null(bed.Guest("lab", 1));
        Assert.True(_driver.Connections.Single(c => c.Refreshes == 0 && c == _driver.Connections.Last()).Disposed.IsCompleted);
        Assert.Equal(ProblemTypes.NotFound, Assert.Throws<CommandException>(() => bed.Registry.Get("lab")).Problem.Type);
        await bed.CloseAsync();
        await using var again = await ProviderBed.OpenAsync([_driver], directory: bed.Directory);
        Assert.Empty(again.Registry.List());
    }

    [Fact]
    public async Task A_lost_key_refuses_those_that_have_secrets_and_the_others_go_on()
    {
        var plain = new FakeDriver("plain");
        var bed = await ProviderBed.OpenAsync([_driver, plain]);
        await bed.Registry.AddAsync(Request(), Stop);
        await bed.AddAsync("open", "plain");
        await bed.CloseAsync();
        File.Delete(Path.Combine(bed.Directory, "keys", "secrets.key"));

        await using var again = await ProviderBed.OpenAsync([_driver, plain], directory: bed.Directory);
        await again.StateAsync("open", ProviderState.Connected);
        var refused = again.Registry.Get("lab");
        Assert.Equal((ProviderState.Refused, "secrets-unreadable"), (refused.State, refused.Problem!.Code));
        Assert.Contains("can't be decrypted", refused.Problem.Text, StringComparison.Ordinal);
        // The way out that the text names works: set it again.
        await again.Registry.PatchAsync("lab", new PatchProvider { Password = "pa55word" }, Stop);
        await again.StateAsync("lab", ProviderState.Connected);
    }
}
