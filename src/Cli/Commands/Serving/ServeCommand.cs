using System.CommandLine;
using Anyvisor.Cli.Grammar;

namespace Anyvisor.Cli.Commands.Serving;

/// <summary>
/// <c>serve</c>: becomes the server. Its flags are listed here for the help; the server itself reads them.
/// </summary>
internal sealed class ServeCommand : CliCommand
{
    internal ServeCommand()
        : base("serve", "Be the server: API, web console and all, until stopped")
    {
        TreatUnmatchedTokensAsErrors = false;
        Add(new Option<string?>("--listen") { Description = "Where to listen (127.0.0.1:8440); port 0 takes a free one", HelpName = "ADDRESS:PORT" });
        Add(new Option<string?>("--data") { Description = "The data directory [ANYVISOR_DATA; else ~/.local/share/anyvisor]", HelpName = "DIR" });
        Add(new Option<string?>("--store") { Description = "The database; SQLite in the data directory without it", HelpName = "URL" });
        Add(new Option<string?>("--tls-cert") { Description = "Certificate with its chain, PEM", HelpName = "FILE" });
        Add(new Option<string?>("--tls-key") { Description = "Its private key, PEM", HelpName = "FILE" });
        Add(new Option<bool>("--insecure-http") { Description = "Allow plain HTTP on an address that other machines reach" });
        Add(new Option<string?>("--keep") { Description = "How long history is kept (30)", HelpName = "DAYS" });
        Add(new Option<string?>("--upload-limit") { Description = "Largest image that may be uploaded (256GiB)", HelpName = "SIZE" });
        Add(new Option<string?>("--log-level") { Description = "trace, debug, info, warn, error or none (info)", HelpName = "LEVEL" });
    }

    internal override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken) =>
        CompanionProgram.BecomeServerAsync(invocation.Words(Name), cancellationToken);
}
