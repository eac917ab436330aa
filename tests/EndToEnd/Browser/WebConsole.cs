using Anyvisor.EndToEnd.Harness;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Anyvisor.EndToEnd.Browser;

/// <summary>The web console in a real browser against the real server and real guests.</summary>
public sealed class WebConsole(LibvirtEstate estate) : IClassFixture<LibvirtEstate>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Visible = new() { Timeout = 120_000 };

    [Fact]
    public async Task A_wrong_token_is_refused_with_a_sentence_and_nothing_else_is_shown()
    {
        await using var browser = await BrowserSession.OpenAsync(estate.Server);
        await browser.Page.GotoAsync("/guests");
        await browser.Page.GetByLabel("API token").FillAsync("anyv_this-is-not-the-token");
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(browser.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("That token is not accepted.", new() { Timeout = 60_000 });
        await Expect(browser.Page.GetByRole(AriaRole.Table)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_guest_that_is_made_elsewhere_appears_and_its_power_follows_without_reloading()
    {
        await using var browser = await BrowserSession.OpenAsync(estate.Server);
        await browser.SignInAsync(estate.Server);
        var name = await estate.CreateGuestAsync("live", start: false);

        var row = browser.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = name });
        await Expect(row.GetByText("off", new() { Exact = true })).ToBeVisibleAsync(Visible);
        await estate.Virsh.SayAsync("start", name);
        await Expect(row.GetByText("on", new() { Exact = true })).ToBeVisibleAsync(Visible);
        await estate.Virsh.SayAsync("destroy", name);
        await Expect(row.GetByText("off", new() { Exact = true })).ToBeVisibleAsync(Visible);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Actions_start_a_guest_and_each_that_is_not_possible_says_why()
    {
        var name = await estate.CreateGuestAsync("actions", start: false);
        await using var browser = await BrowserSession.OpenAsync(estate.Server);
        await OpenGuestAsync(browser, name);

        var shutdown = browser.Page.GetByRole(AriaRole.Button, new() { Name = "Shut down" });
        await Expect(shutdown).ToHaveAttributeAsync("aria-disabled", "true");
        await shutdown.HoverAsync();
        await Expect(browser.Page.GetByRole(AriaRole.Tooltip)).Not.ToBeEmptyAsync();

        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await Expect(browser.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "succeeded" })).ToBeVisibleAsync(Visible);
        await Expect(shutdown).Not.ToHaveAttributeAsync("aria-disabled", "true", new() { Timeout = 60_000 });
        Assert.Equal("running", await estate.Virsh.StateAsync(name));
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task The_serial_console_takes_a_command_and_shows_its_answer_and_the_screen_shows_the_guest()
    {
        var name = await estate.CreateGuestAsync("console");
        // Booted by the time that the browser looks: the prompt is asked for again by Enter.
        await estate.Cli.OnConsoleAsync(name, "\r", "login:");
        await using var browser = await BrowserSession.OpenAsync(estate.Server);
        await OpenGuestAsync(browser, name);

        await browser.Page.GetByRole(AriaRole.Tab, new() { Name = "Serial console" }).ClickAsync();
        var terminal = browser.Page.Locator(".xterm-rows");
        await browser.Page.Locator(".xterm-helper-textarea").FocusAsync();
        await browser.Page.Keyboard.PressAsync("Enter");
        await Expect(terminal).ToContainTextAsync("login:", new() { Timeout = 120_000 });
        await browser.Page.Keyboard.TypeAsync("root\n");
        await Expect(terminal).ToContainTextAsync("#", new() { Timeout = 120_000 });
        await browser.Page.Keyboard.TypeAsync("echo six by seven is $((6*7))\n");
        await Expect(terminal).ToContainTextAsync("six by seven is 42", new() { Timeout = 120_000 });

        await browser.Page.GetByRole(AriaRole.Tab, new() { Name = "Screen" }).ClickAsync();
        var canvas = browser.Page.Locator(".av-screen canvas");
        await Expect(canvas).ToBeVisibleAsync(Visible);
        await Expect(browser.Page.GetByRole(AriaRole.Button, new() { Name = "Ctrl+Alt+Del" })).ToBeVisibleAsync(Visible);
        await browser.Page.WaitForFunctionAsync(HasLightPixels, null, new() { Timeout = 120_000 });
        Assert.Empty(browser.Complaints);
    }

    // What is drawn is text on black: a screen without one light pixel shows nothing.
    private const string HasLightPixels = """
        () => {
          const canvas = document.querySelector('.av-screen canvas');
          if (!canvas || !canvas.width) return false;
          const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          for (let i = 0; i < data.length; i += 4) if (data[i] > 100 && data[i + 1] > 100) return true;
          return false;
        }
        """;

    private async Task OpenGuestAsync(BrowserSession browser, string name)
    {
        await browser.SignInAsync(estate.Server);
        var guest = await estate.Cli.GuestAsync(name);
        await browser.Page.GotoAsync($"/guests/{guest.GetProperty("id").GetString()}");
        await Expect(browser.Page.GetByRole(AriaRole.Heading, new() { Name = name })).ToBeVisibleAsync(Visible);
    }
}
