using Anyvisor.EndToEnd.Harness;
using Microsoft.Playwright;
using Xunit;

namespace Anyvisor.EndToEnd.Browser;

/// <summary>The system's Chromium on our server's pages, signed in, with every other address blocked. Remembers what a page complained about.</summary>
internal sealed class BrowserSession : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _complaints = [];

    private BrowserSession(IPlaywright playwright, IBrowser browser, IPage page)
    {
        _playwright = playwright;
        _browser = browser;
        Page = page;
    }

    internal IPage Page { get; }

    /// <summary>Scripts that threw and content that the page's policy blocked.</summary>
    internal IReadOnlyList<string> Complaints => _complaints;

    internal static async Task<BrowserSession> OpenAsync(ServerProcess server)
    {
        Assert.SkipUnless(File.Exists(Chromium), $"there is no {Chromium}: ./test installs it where apt can be used");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Bed.App, "web")), "the web console was not built: there was no npm");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Arguments });
        var page = await browser.NewPageAsync(new() { BaseURL = server.Address.ToString(), ViewportSize = new() { Width = 1280, Height = 800 } });
        // The machine is shared with emulated guests: what takes a second alone may take a minute.
        page.SetDefaultTimeout(120_000);
        var session = new BrowserSession(playwright, browser, page);
        page.PageError += (_, error) => session._complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
                session._complaints.Add(message.Text);
        };
        await page.RouteAsync(
            url => !url.StartsWith(server.Address.ToString(), StringComparison.Ordinal),
            route => route.AbortAsync()
        );
        return session;
    }

    /// <summary>Signs in with the administrator's token, as a person does who was told where it is.</summary>
    internal async Task SignInAsync(ServerProcess server)
    {
        await Page.GotoAsync("/");
        await TypeTokenAsync(server);
        await Assertions.Expect(Page.GetByRole(AriaRole.Heading, new() { Name = "Guests" })).ToBeVisibleAsync(new() { Timeout = 120_000 });
    }

    /// <summary>Fills in the sign-in page once it shows.</summary>
    internal async Task TypeTokenAsync(ServerProcess server)
    {
        var token = await File.ReadAllTextAsync(Path.Combine(server.Data, "admin.token"), TestContext.Current.CancellationToken);
        await Page.GetByLabel("API token").FillAsync(token.Trim());
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
