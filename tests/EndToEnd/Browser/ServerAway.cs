using Anyvisor.EndToEnd.Harness;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Anyvisor.EndToEnd.Browser;

/// <summary>What a person at the console sees of a server that dies and comes back.</summary>
public sealed class ServerAway
{
    private static readonly LocatorAssertionsToBeVisibleOptions Visible = new() { Timeout = 120_000 };

    [Fact]
    public async Task A_page_says_that_its_server_is_away_and_finds_back_to_the_same_view_when_it_returns()
    {
        await using var server = await ServerProcess.StartNewAsync();
        await server.Cli.DoAsync("provider", "add", "big", "--driver", "sim", "--url", "sim:?hosts=5&guests=50&seed=1");
        await using var browser = await BrowserSession.OpenAsync(server);
        await browser.SignInAsync(server);
        await browser.Page.GetByRole(AriaRole.Link, new() { Name = "Hosts" }).ClickAsync();
        await Expect(browser.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync(Visible);

        await server.KillAsync();
        await Expect(browser.Page.GetByText("Not connected", new() { Exact = false })).ToBeVisibleAsync(Visible);

        // Sessions outlive the process that gave them, kill -9 too: nobody has to sign in again.
        await server.StartAsync();
        await Expect(browser.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync(Visible);
        await Expect(browser.Page.GetByRole(AriaRole.Heading, new() { Name = "Hosts" })).ToBeVisibleAsync(Visible);

        // They end with their token: the page asks for one by itself.
        await server.KillAsync();
        await File.WriteAllTextAsync(Path.Combine(server.Data, "admin.token"), "", TestContext.Current.CancellationToken);
        await server.StartAsync();
        await browser.TypeTokenAsync(server);
        await Expect(browser.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync(Visible);
    }
}
