using System.Collections.Immutable;
using System.CommandLine;
using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Commands.Providers;

/// <summary>The flags that say how to reach a provider. Secrets come from files alone: a command line is for everybody to see.</summary>
internal sealed class ProviderSettings
{
    internal Option<string?> User { get; } = new("--user") { Description = "Who to sign in as", HelpName = "USER" };

    internal Option<string?> PasswordFile { get; } =
        new("--password-file") { Description = "A file with the password; - reads standard input", HelpName = "FILE" };

    internal Option<string[]> Set { get; } =
        new("--set") { Description = "A setting of the driver ('driver show KIND' lists them); may be repeated", HelpName = "KEY=VALUE" };

    internal Option<string[]> SetFile { get; } =
        new("--set-file") { Description = "A setting whose value is in a file, for secrets; may be repeated", HelpName = "KEY=FILE" };

    internal IEnumerable<Option> All => [User, PasswordFile, Set, SetFile];

    internal async Task<string?> PasswordAsync(Invocation invocation, CancellationToken cancellationToken) =>
        invocation.Get(PasswordFile) is { } file ? await InputFile.ReadSecretAsync(invocation, file, cancellationToken) : null;

    internal async Task<ImmutableDictionary<string, string>> SettingsAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var settings = Pairs.Parse(invocation.Get(Set), "--set");
        foreach (var (key, file) in Pairs.Parse(invocation.Get(SetFile), "--set-file"))
            settings = settings.SetItem(key, await InputFile.ReadSecretAsync(invocation, file, cancellationToken));
        return settings;
    }
}
