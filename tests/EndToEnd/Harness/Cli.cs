using System.Text.Json;
using Xunit;

namespace Anyvisor.EndToEnd.Harness;

/// <summary>The CLI as a person or a script runs it, on the server's machine with the server's data directory.</summary>
internal sealed class Cli(string dataDirectory)
{
    private readonly Dictionary<string, string?> _environment = new()
    {
        ["ANYVISOR_DATA"] = dataDirectory,
        ["ANYVISOR_SERVER"] = null,
        ["ANYVISOR_TOKEN"] = null,
    };

    /// <summary>Runs a command line that must succeed and gives what it wrote to standard output.</summary>
    internal async Task<string> DoAsync(params string[] arguments)
    {
        var ran = await TryAsync(arguments);
        Assert.True(ran.ExitCode == 0, ran.ToString());
        return ran.Output;
    }

    /// <summary>The same with <c>-o json</c>.</summary>
    internal async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var text = await DoAsync([.. arguments, "-o", "json"]);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    internal Task<Ran> TryAsync(params string[] arguments) => TypeAsync(null, arguments);

    /// <summary>Runs a command line with something on its standard input.</summary>
    internal Task<Ran> TypeAsync(string? input, params string[] arguments) =>
        Program.RunAsync(Path.Combine(Bed.App, "anyvisor"), arguments, _environment, input, TestContext.Current.CancellationToken);

    internal Task<JsonElement> GuestAsync(string reference) => JsonAsync("guest", "show", reference);

    /// <summary>Awaits what the inventory says of a guest's field, given as its JSON name.</summary>
    internal Task<JsonElement> WaitForAsync(string reference, string field, string value) =>
        Until.AsyncOf(
            $"{field} of {reference} is '{value}'",
            () => GuestAsync(reference),
            guest => guest.GetProperty(field).ToString() == value,
            TestContext.Current.CancellationToken
        );

    /// <summary>Opens the serial console, types, and returns once the guest has written the text that is expected.</summary>
    internal async Task<string> OnConsoleAsync(string reference, string keys, string expected)
    {
        var ran = await TypeAsync(keys, "guest", "console", reference, "--serial", "--expect", expected, "--timeout", "4m");
        Assert.True(ran.ExitCode == 0, ran.ToString());
        return ran.Output;
    }
}
