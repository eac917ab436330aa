using System.Buffers;
using System.Security.Cryptography;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Store;

namespace Anyvisor.Core.Images;

/// <summary>A file that came in whole.</summary>
/// <param name="Path">Absolute, in the spool.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Of its content, lower-case hexadecimal.</param>
public sealed record SpooledFile(string Path, long Length, string Sha256);

/// <summary>Files on their way in. One that does not come in whole leaves nothing.</summary>
internal sealed class Spool(DataDirectory directory, ImageOptions options)
{
    private const int BufferSize = 256 << 10;
    private const long LookAtSpaceEvery = 64L << 20;

    /// <param name="body">What the caller sends.</param>
    /// <param name="announced">How many bytes it says that it will send; null if it does not.</param>
    /// <param name="cancellationToken">The caller hung up.</param>
    /// <exception cref="CommandException">It is empty, too large, or there is no room for it.</exception>
    public async Task<SpooledFile> ReceiveAsync(Stream body, long? announced, CancellationToken cancellationToken)
    {
        if (announced > options.MaxUpload)
            throw TooLarge();
        RequireRoom(announced ?? 0);
        var path = Path.Combine(directory.Spool, Guid.NewGuid().ToString("N") + ".upload");
        try
        {
            return await CopyAsync(body, path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Remove(path);
            if (e is IOException && directory.Free < options.Reserve)
                throw NoRoom(0);
            throw;
        }
    }

    public static void Remove(string path) => File.Delete(path);

    /// <summary>Deletes what no task needs any more: what an earlier process left.</summary>
    public void Sweep(IReadOnlySet<string> needed)
    {
        foreach (var path in Directory.EnumerateFiles(directory.Spool))
            if (!needed.Contains(path))
                Remove(path);
    }

    private async Task<SpooledFile> CopyAsync(Stream body, string path, CancellationToken cancellationToken)
    {
        var streamOptions = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            streamOptions.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var file = new FileStream(path, streamOptions);
            long length = 0;
            var look = LookAtSpaceEvery;
            while (await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                length += read;
                if (length > options.MaxUpload)
                    throw TooLarge();
                if (length > look)
                {
                    RequireRoom(0);
                    look = length + LookAtSpaceEvery;
                }
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
            if (length == 0)
                throw ProblemFactory.Invalid("The file is empty: send the disk image as the body of the request.");
            file.Flush(flushToDisk: true);
            return new SpooledFile(path, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void RequireRoom(long bytes)
    {
        if (directory.Free - options.Reserve < bytes)
            throw NoRoom(bytes);
    }

    private CommandException NoRoom(long bytes) =>
        ProblemFactory.CapacityExceeded(
            $"The disk of {directory.Path} has {directory.Free >> 20} MiB free, of which {options.Reserve >> 20} MiB are kept: "
                + (bytes > 0 ? $"{bytes >> 20} MiB do not fit." : "the file does not fit.")
                + " Free some space."
        );

    private CommandException TooLarge() =>
        ProblemFactory.TooLarge($"The file is larger than what this server takes ({options.MaxUpload >> 30} GiB).");
}
