namespace Anyvisor.Cli.Output;

internal static class BrokenPipe
{
    private const int Epipe = 32;

    /// <summary>Whether the reader of our output has gone away.</summary>
    internal static bool Is(IOException error) => (error.HResult & 0xffff) == Epipe || error.HResult == unchecked((int)0x8007006d);
}
