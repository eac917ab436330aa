namespace Anyvisor.Driver.Ssh;

/// <summary>Words for a POSIX shell at the other end. Commands are made of these alone, never of pasted text.</summary>
public static class ShellWord
{
    /// <summary>One word, whatever is in it.</summary>
    /// <exception cref="ProviderException">It holds a NUL, which no shell can carry.</exception>
    public static string Quote(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (word.Contains('\0', StringComparison.Ordinal))
            throw new ProviderException(ProviderError.InvalidArgument, "A word of a command holds a NUL character");
        return $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    /// <summary>A command of words that arrive as they are.</summary>
    public static string Command(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));
}
