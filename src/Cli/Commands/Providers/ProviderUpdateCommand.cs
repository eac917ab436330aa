using System.Collections.Immutable;
using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Client;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Providers;

/// <summary><c>provider update NAME ...</c>: what is not given stays.</summary>
internal sealed class ProviderUpdateCommand : CliCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "The provider's name" };
    private readonly Option<string?> _url = new("--url") { Description = "Where it is now", HelpName = "URL" };
    private readonly ProviderSettings _settings = new();
    private readonly Option<string[]> _unset = new("--unset") { Description = "A setting to remove; may be repeated", HelpName = "KEY" };
    private readonly Option<bool?> _insecure = new("--insecure") { Description = "Whether not to verify its certificate or host key", HelpName = "true|false" };
    private readonly Option<bool> _enable = new("--enable") { Description = "Connect to it again" };
    private readonly Option<bool> _disable = new("--disable") { Description = "Leave it alone until enabled" };

    internal ProviderUpdateCommand()
        : base("update", "Change how a provider is reached")
    {
        Add(_name);
        Add(_url);
        foreach (var option in (Option[])[.. _settings.All, _unset, _insecure, _enable, _disable])
            Add(option);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Get(_enable) && invocation.Get(_disable))
            throw CliException.Usage("--enable and --disable exclude each other.");
        var name = invocation.Get(_name);
        var settings = (await _settings.SettingsAsync(invocation, cancellationToken)).ToImmutableDictionary(static s => s.Key, static s => (string?)s.Value);
        foreach (var key in invocation.Get(_unset) ?? [])
            settings = settings.SetItem(key, null);
        var patch = new PatchProvider
        {
            Url = invocation.Get(_url),
            User = invocation.Get(_settings.User),
            Password = await _settings.PasswordAsync(invocation, cancellationToken),
            Settings = settings.IsEmpty ? null : settings,
            Insecure = invocation.Get(_insecure),
            Enabled = invocation.Get(_enable) ? true : invocation.Get(_disable) ? false : null,
        };
        var path = CommandPath.Of(invocation, "/providers/" + AnyvisorClient.Segment(name));
        var answer = await invocation.Client.SendAsync(HttpMethod.Patch, path, patch, ModelJson.Default.PatchProvider, cancellationToken);
        return await TaskFollower.FinishAsync(invocation, answer, $"Provider {name} is changed.", cancellationToken);
    }
}
