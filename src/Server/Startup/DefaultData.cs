namespace Anyvisor.Server.Startup;

/// <summary>Where data lies when nobody says: the same rule as the command line's, so that both meet.</summary>
internal static class DefaultData
{
    internal static string Path(Func<string, string?> environment)
    {
        if (environment("ANYVISOR_DATA") is { Length: > 0 } data)
            return System.IO.Path.GetFullPath(data);
        // A relative path is to be ignored, says the XDG base directory specification.
        if (environment("XDG_DATA_HOME") is { Length: > 0 } xdg && System.IO.Path.IsPathRooted(xdg))
            return System.IO.Path.Combine(xdg, "anyvisor");
        return environment("HOME") is { Length: > 0 } home
            ? System.IO.Path.Combine(home, ".local", "share", "anyvisor")
            : throw new UsageException("There is no home directory to keep data in: say where with --data.");
    }
}
