using System.CommandLine;
using Anyvisor.Cli.Grammar;
using Anyvisor.Cli.Work;
using Anyvisor.Model;
using Anyvisor.Model.Json;

namespace Anyvisor.Cli.Commands.Providers;

/// <summary><c>provider add NAME --driver KIND --url URL ...</c>.</summary>
internal sealed class ProviderAddCommand : CliCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "What to call it; it stays so" };
    private readonly Option<string> _driver = new("--driver") { Description = "Its kind: 'driver list' names them", HelpName = "KIND", Required = true };
    private readonly Option<string> _url = new("--url") { Description = "Where it is, in the system's own notation", HelpName = "URL", Required = true };
    private readonly ProviderSettings _settings = new();
    private readonly Option<bool> _insecure = new("--insecure") { Description = "Do not verify its certificate or host key" };
    private readonly Option<bool> _skipCheck = new("--skip-check") { Description = "Add it although it does not answer now" };

    internal ProviderAddCommand()
        : base("add", "Connect to a management API")
    {
        Add(_name);
        Add(_driver);
        Add(_url);
        foreach (var option in _settings.All)
            Add(option);
        Add(_insecure);
        Add(_skipCheck);
    }

    internal override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var provider = new AddProvider
        {
            Name = invocation.Get(_name),
            Driver = invocation.Get(_driver)!,
            Url = invocation.Get(_url)!,
            User = invocation.Get(_settings.User),
            Password = await _settings.PasswordAsync(invocation, cancellationToken),
            Settings = await _settings.SettingsAsync(invocation, cancellationToken),
            Insecure = invocation.Get(_insecure),
            SkipCheck = invocation.Get(_skipCheck),
        };
        var path = CommandPath.Of(invocation, "/providers");
        var answer = await invocation.Client.SendAsync(HttpMethod.Post, path, provider, ModelJson.Default.AddProvider, cancellationToken);
        var done = invocation.DryRun ? $"Provider {provider.Name} could be added." : $"Provider {provider.Name} is added.";
        return await TaskFollower.FinishAsync(invocation, answer, done, cancellationToken);
    }
}
