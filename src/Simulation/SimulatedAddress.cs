using System.Collections.Immutable;
using System.Text;

namespace Anyvisor.Simulation;

/// <summary>What somebody needs to connect to a simulation.</summary>
public sealed record SimulatedAddress
{
    /// <summary>The kind of the driver that speaks to it.</summary>
    public required string Driver { get; init; }
    public required string Url { get; init; }
    public required string User { get; init; }

    /// <summary>A file of mode 0600; null where no password is asked for.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Settings that the driver needs beside it, such as the fingerprint of the simulation's own certificate.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The command line that adds it as a provider, to be pasted into a shell.</summary>
    public string AddCommand(string name)
    {
        var line = new StringBuilder($"anyvisor provider add {Quoted(name)} --driver {Driver} --url {Quoted(Url)} --user {Quoted(User)}");
        if (PasswordFile is not null)
            line.Append(" --password-file ").Append(Quoted(PasswordFile));
        foreach (var (key, value) in Settings)
            line.Append(" --set ").Append(Quoted($"{key}={value}"));
        return line.ToString();
    }

    private static string Quoted(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:@=+,%".Contains(c, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
