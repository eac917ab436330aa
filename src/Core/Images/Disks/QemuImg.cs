using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Anyvisor.Core.Problems;

namespace Anyvisor.Core.Images.Disks;

/// <summary>
/// A second opinion from <c>qemu-img info</c>: always with the format that we found, so that it guesses nothing, and
/// with limits on its memory, time and answer.
/// </summary>
internal sealed class QemuImg(string program, TimeProvider time)
{
    private const string Limiter = "/usr/bin/prlimit";
    private const int MaxAnswer = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Checks the file; does nothing where the program is not there.</summary>
    /// <exception cref="CommandException">QEMU finds something else in it than we did.</exception>
    public async Task CheckAsync(string path, DiskFile found, CancellationToken cancellationToken)
    {
        if (!File.Exists(program))
            return;
        using var answer = await InfoAsync(path, found.Format, cancellationToken).ConfigureAwait(false);
        var info = answer.RootElement;
        if (Text(info, "format") != found.Format)
            throw ProblemFactory.Invalid($"qemu-img takes the file for {Text(info, "format")}, its header says {found.Format}: it is refused.");
        if (info.TryGetProperty("backing-filename", out _) || info.TryGetProperty("full-backing-filename", out _))
            throw ProblemFactory.Invalid("qemu-img finds a backing file in it: flatten it first, with qemu-img convert -O qcow2.");
        if (info.TryGetProperty("encrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
            throw ProblemFactory.Invalid("qemu-img says that the file is encrypted: decrypt it first.");
        if (HasDataFile(info))
            throw ProblemFactory.Invalid("qemu-img finds that the file keeps its data in another one.");
        if (!info.TryGetProperty("virtual-size", out var size) || size.GetInt64() != found.Capacity)
            throw ProblemFactory.Invalid("qemu-img finds another size in the file than its header says: it is damaged.");
    }

    private async Task<JsonDocument> InfoAsync(string path, string format, CancellationToken cancellationToken)
    {
        using var process = Start(path, format);
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var output = ReadAsync(process.StandardOutput, either.Token);
            var errors = ReadAsync(process.StandardError, either.Token);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            var text = await output.ConfigureAwait(false);
            var said = await errors.ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw ProblemFactory.Invalid($"qemu-img can't read the file as {format}: {said.Replace(path, "the file", StringComparison.Ordinal).Trim()}");
            return JsonDocument.Parse(text);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw ProblemFactory.Invalid($"qemu-img did not come to an end with the file within {Patience.TotalSeconds:0} s: it is refused.");
        }
        catch (JsonException)
        {
            throw ProblemFactory.Invalid("qemu-img's answer about the file can't be read: it is refused.");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start(string path, string format)
    {
        var limited = File.Exists(Limiter);
        var start = new ProcessStartInfo(limited ? Limiter : program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(path)!,
        };
        string[] limits = limited ? ["--as=1073741824", "--cpu=20", "--core=0", program] : [];
        foreach (var argument in (string[])[.. limits, "info", "-f", format, "--output=json", path])
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["LC_ALL"] = "C";
        start.Environment["PATH"] = "/usr/bin:/bin";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw ProblemFactory.Invalid($"{program} can't be started to check the file: {e.Message}");
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var buffer = new char[MaxAnswer];
        var length = await reader.ReadBlockAsync(buffer, cancellationToken).ConfigureAwait(false);
        return new string(buffer, 0, length);
    }

    private static bool HasDataFile(JsonElement info) =>
        info.TryGetProperty("format-specific", out var specific)
        && specific.TryGetProperty("data", out var data)
        && data.ValueKind == JsonValueKind.Object
        && data.TryGetProperty("data-file", out _);

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
