using System.Text;
using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Commands;

/// <summary>Files that a flag names; <c>-</c> is standard input.</summary>
internal static class InputFile
{
    private const int Largest = 1 << 20;

    internal static async Task<string> ReadTextAsync(Invocation invocation, string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = file == "-" ? invocation.Surroundings.OpenInput() : File.OpenRead(file);
            var bytes = new byte[Largest + 1];
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return length <= Largest
                ? new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, length)
                : throw new CliException(ExitCode.Failed, $"{file} is larger than 1 MiB.");
        }
        catch (DecoderFallbackException)
        {
            throw new CliException(ExitCode.Failed, $"{file} is not text in UTF-8.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failed, $"Can't read {file}: {error.Message}");
        }
    }

    /// <summary>A secret from a file, without the line end that editors add; warned about when others can read it too.</summary>
    internal static async Task<string> ReadSecretAsync(Invocation invocation, string file, CancellationToken cancellationToken)
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        if (file != "-" && !OperatingSystem.IsWindows() && File.Exists(file) && (File.GetUnixFileMode(file) & others) != 0)
            await invocation.Surroundings.Error.WriteLineAsync($"warning: others can read {file}; 'chmod 600' it.");
        var text = await ReadTextAsync(invocation, file, cancellationToken);
        return text.ReplaceLineEndings("\n").TrimEnd('\n');
    }
}
