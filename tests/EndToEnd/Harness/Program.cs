using System.Diagnostics;

namespace Anyvisor.EndToEnd.Harness;

/// <summary>What a program did: its exit code and all that it wrote.</summary>
internal sealed record Ran(string Line, int ExitCode, string Output, string Error)
{
    public override string ToString() => $"$ {Line}\n{Output}{Error}(exit code {ExitCode})";
}

/// <summary>Runs programs to their end, with a deadline and nothing on their standard input unless told.</summary>
internal static class Program
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <exception cref="TimeoutException">It did not end in time; it is killed, and what it wrote is in the message.</exception>
    internal static async Task<Ran> RunAsync(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment,
        string? input,
        CancellationToken cancellationToken
    )
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        var line = string.Join(' ', [Path.GetFileName(file), .. start.ArgumentList]);

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        if (input is not null)
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        process.StandardInput.Close();

        using var patience = new CancellationTokenSource(Deadline, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            if (cancellationToken.IsCancellationRequested)
                throw;
            throw new TimeoutException($"'{line}' did not end within {Deadline}. It wrote:\n{await output}{await error}");
        }
        return new Ran(line, process.ExitCode, await output, await error);
    }
}
