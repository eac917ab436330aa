using System.Diagnostics;
using Anyvisor.Driver;

namespace Anyvisor.Benchmarks.VSphere;

/// <summary>A simulated vCenter in a process of its own, so that its work is not ours.</summary>
internal sealed class VCenterProcess : IAsyncDisposable
{
    public const string User = "bench";
    public const string Password = "bench";

    private readonly Process _process;

    private VCenterProcess(Process process, Uri root)
    {
        _process = process;
        Address = new ProviderAddress { Provider = "bench", Url = new Uri(root, "sdk").ToString(), User = User, Password = new Secret(Password) };
    }

    public ProviderAddress Address { get; }

    public static async Task<VCenterProcess> StartAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (var argument in (string[])["-username", User, "-password", Password, .. arguments])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) ?? throw new InvalidOperationException("The simulated vCenter ended.");
        return new VCenterProcess(process, new Uri(line));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }
}
