using System.Diagnostics;
using System.Globalization;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.VSphere.Tests.Beds;

/// <summary>A vCenter simulator (vcsim) with our front end, in a process of its own: see testbeds/vcsim.</summary>
public sealed class Vcsim : IAsyncDisposable
{
    public const string User = "administrator@vsphere.local";
    public const string Password = "vc-s3cret&<";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly HttpClient _http = new();

    private Vcsim(Process process, Uri root) => (_process, Root) = (process, root);

    /// <summary>The program that <c>./test</c> builds; null where it can't be built.</summary>
    public static string? Program => Environment.GetEnvironmentVariable("ANYVISOR_TEST_VCSIM") is { Length: > 0 } path && File.Exists(path) ? path : null;

    public static string? Absent => Program is null ? "No vcsim: ANYVISOR_TEST_VCSIM is not set (./test builds it as root on Debian)." : null;

    public Uri Root { get; }

    public ProviderAddress Address => new() { Provider = "bed", Url = new Uri(Root, "sdk").ToString(), User = User, Password = new Secret(Password) };

    public static async Task<Vcsim> StartAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var start = new ProcessStartInfo(Program!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-l", "127.0.0.1:0", "-username", User, "-password", Password, .. arguments])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("vcsim ended: " + await process.StandardError.ReadToEndAsync(patience.Token));
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            return new Vcsim(process, new Uri(line));
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Disturbs the next calls of a method.</summary>
    /// <param name="method">A SOAP method, or <c>*</c>.</param>
    /// <param name="kind"><c>http503 reset truncate lost hang delay html soap</c>.</param>
    /// <param name="count">How many; -1 for all.</param>
    /// <param name="milliseconds">For those that take time.</param>
    /// <param name="fault">For <c>soap</c>.</param>
    public async Task DisturbAsync(string method, string kind, CancellationToken cancellationToken, int count = 1, int milliseconds = 0, string fault = "")
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"__test/fault?method={Uri.EscapeDataString(method)}&kind={kind}&count={count}&ms={milliseconds}&fault={fault}");
        using var response = await _http.PostAsync(new Uri(Root, query), null, cancellationToken);
        _ = response.EnsureSuccessStatusCode();
    }

    /// <summary>Ends every session.</summary>
    public async Task ExpireAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync(new Uri(Root, "__test/expire"), null, cancellationToken);
        _ = response.EnsureSuccessStatusCode();
    }

    /// <summary>How often each method was called.</summary>
    public async Task<Dictionary<string, int>> CallsAsync(CancellationToken cancellationToken) =>
        System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, int>>(await _http.GetStringAsync(new Uri(Root, "__test/calls"), cancellationToken))!;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
