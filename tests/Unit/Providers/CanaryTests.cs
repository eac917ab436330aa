using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Anyvisor.Core.Problems;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Model;
using Anyvisor.Model.Json;
using Anyvisor.Unit.Tests.Providers.Fakes;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers;

/// <summary>Secrets that can be recognised are put everywhere they can be; then everything that comes out is searched.</summary>
public sealed class CanaryTests
{
    private const string Password = "c4nary+pass/w0rd=&ü";
    private const string Key = "c4nary-api-key-0123456789";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private sealed class Collector : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {state} {exception}");

        public void Dispose() { }
    }

    private sealed class Factory(Collector collector) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => collector;

        public void AddProvider(ILoggerProvider provider) { }

        public void Dispose() { }
    }

    [Fact]
    public async Task No_byte_of_a_secret_comes_out_anywhere()
    {
        var collector = new Collector();
        var driver = new FakeDriver { Settings = [new Setting { Name = "api-key", Type = SettingType.Secret, Help = "the key" }] };
        var spill = $"wrong password {Password} and key {Key} and {Convert.ToBase64String(Encoding.UTF8.GetBytes(Password))} in https://x/?k={Uri.EscapeDataString(Password)}";
        // The worst systems repeat what they were sent, and the worst drivers throw anything.
        driver.OnConnect = (_, _) =>
            driver.Connects switch
            {
                1 => throw new ProviderException(ProviderError.AuthenticationFailed, spill, new InvalidOperationException(spill)) { NativeCode = Key, NativeMessage = spill },
                2 => throw new InvalidOperationException(spill),
                _ => Task.FromResult(FakeConnection.WithGuests("lab", 1)),
            };
        var bed = await ProviderBed.OpenAsync([driver], loggers: new Factory(collector));
        var said = new List<string?>();
        var request = new AddProvider { Name = "lab", Driver = "fake", Url = "fake:", User = "root", Password = Password, Settings = ImmutableDictionary<string, string>.Empty.Add("api-key", Key) };
        var patch = new PatchProvider { Password = Password };
        said.AddRange([request.ToString(), patch.ToString(), new Secret(Password).ToString()]);

        var refused = await Assert.ThrowsAsync<ProviderException>(() => bed.Registry.AddAsync(request, Stop));
        said.AddRange([refused.ToString(), Json(ProblemMap.ToProblem(refused, "lab"))]);
        var defect = await Assert.ThrowsAsync<ProviderException>(() => bed.Registry.AddAsync(request, Stop));
        said.AddRange([defect.ToString(), Json(ProblemMap.ToProblem(defect, "lab"))]);
        said.Add(JsonSerializer.Serialize(await bed.Registry.AddAsync(request, Stop), ModelJson.Default.Provider));
        await bed.StateAsync("lab", ProviderState.Connected);
        said.Add(bed.Registry.Get("lab").ToString());
        said.AddRange(driver.Addresses.Select(address => address.ToString()));

        driver.Connections.Last().OnStart = (_, _) => throw new ProviderException(ProviderError.ProviderFault, spill) { NativeMessage = spill };
        var call = await Assert.ThrowsAsync<ProviderException>(() => bed.Registry.CallAsync("lab", "start", (c, token) => ((IGuestPower)c).StartAsync(FakeGuests.One("lab", 1), token), TimeSpan.FromSeconds(5), Stop));
        said.AddRange([call.ToString(), Json(ProblemMap.ToProblem(call, "lab"))]);
        driver.Connections.Last().Break(new IOException(spill));
        await bed.StateAsync("lab", ProviderState.Unreachable);
        said.Add(JsonSerializer.Serialize(bed.Registry.Get("lab"), ModelJson.Default.Provider));
        await bed.Registry.PatchAsync("lab", patch, Stop);

        using var events = bed.Inventory.Events.Subscribe(0, null);
        while (events.TryRead(out var told))
            said.Add(Encoding.UTF8.GetString(told.Json.Span));
        await bed.CloseAsync();
        Assert.NotEmpty(collector.Lines);
        Assert.All(said.Concat(collector.Lines), NoCanary);
        foreach (var file in Directory.GetFiles(bed.Directory, "*", SearchOption.AllDirectories))
            NoCanary(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Stop)));
        Directory.Delete(bed.Directory, recursive: true);
    }

    private static string Json(Problem problem) => JsonSerializer.Serialize(problem, ModelJson.Default.Problem);

    private static void NoCanary(string? text)
    {
        foreach (var secret in new[] { Password, Key })
        {
            var bytes = Encoding.UTF8.GetBytes(secret);
            string[] forms = [secret, Encoding.Latin1.GetString(bytes), Convert.ToBase64String(bytes).TrimEnd('='), Convert.ToHexString(bytes), Uri.EscapeDataString(secret), JsonEncodedText.Encode(secret).ToString()];
            Assert.All(forms, form => Assert.DoesNotContain(form, text, StringComparison.OrdinalIgnoreCase));
        }
    }
}
