namespace Anyvisor.Cli.Terminal;

internal static class TerminalSize
{
    private const int Usual = 80;

    /// <summary>Columns of the terminal that standard output is.</summary>
    internal static int Columns()
    {
        try
        {
            return Console.WindowWidth is > 0 and var columns ? columns : Usual;
        }
        catch (IOException)
        {
            // A terminal that does not say its size.
            return Usual;
        }
    }
}
