using System.Globalization;
using System.Net;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Store;
using Anyvisor.Server.Drivers;
using Anyvisor.Server.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;

namespace Anyvisor.Server.Startup;

/// <summary>One run of the server, from the command line to its clean end.</summary>
internal static class ServerProcess
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int Usage = 2;

    internal static async Task<int> RunAsync(string[] arguments, Func<string, string?> environment, TextWriter output, TextWriter errors)
    {
        if (arguments.Contains("--help"))
        {
            await output.WriteLineAsync(CommandLine.Usage);
            return Done;
        }
        if (arguments.Contains("--version"))
        {
            await output.WriteLineAsync("anyvisor " + ServerVersion.Text);
            return Done;
        }
        try
        {
            var options = CommandLine.Parse(arguments, environment);
            ListenAddress.RefuseUnprotected(options);
            await ServeAsync(options, output);
            return Done;
        }
        catch (UsageException error)
        {
            await errors.WriteLineAsync("anyvisor-server: " + error.Message);
            return Usage;
        }
        catch (Exception error) when (error is StoreException or CommandException or IOException)
        {
            await errors.WriteLineAsync("anyvisor-server: " + error.Message);
            return Failed;
        }
    }

    private static async Task ServeAsync(ServerOptions options, TextWriter output)
    {
        var time = TimeProvider.System;
        using var loggers = Loggers(options.LogLevel);
        await using var core = await CoreParts.OpenAsync(options, InstalledDrivers.All(), loggers, time, CancellationToken.None);
        // Side by side: the one is mostly reading, the other mostly compiling.
        var loaded = core.StartAsync(CancellationToken.None);
        await using var app = await ListenAsync(options, core, loggers, time, loaded);
        var presence = new ServerPresence(options.Data);
        var url = Url(app, options);
        presence.Announce(url, time.GetUtcNow());
        await GreetAsync(output, url, options, core.Tokens.NewAdminSecret);
        await app.WaitForShutdownAsync();
        presence.Withdraw();
    }

    private static async Task<WebApplication> ListenAsync(ServerOptions options, CoreParts core, ILoggerFactory loggers, TimeProvider time, Task loaded)
    {
        WebApplication? app = null;
        try
        {
            app = HttpHost.Build(options, core, loggers, time);
            await app.StartAsync();
            await loaded;
            return app;
        }
        catch
        {
            // Nothing is closed under the feet of what still loads.
            await loaded.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (app is not null)
                await app.DisposeAsync();
            throw;
        }
    }

    internal static string Url(WebApplication app, ServerOptions options)
    {
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return ListenAddress.Url(new IPEndPoint(options.Listen.Address, new Uri(bound).Port), options.Tls);
    }

    private static async Task GreetAsync(TextWriter output, string url, ServerOptions options, string? adminSecret)
    {
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"anyvisor {ServerVersion.Text} listens on {url}, data in {options.Data}"));
        if (adminSecret is not null)
            await output.WriteLineAsync(
                $"The administrator's token, shown this one time and kept in {Path.Combine(options.Data, "admin.token")}: {adminSecret}"
            );
        await output.FlushAsync();
    }

    internal static ILoggerFactory Loggers(LogLevel level) =>
        LoggerFactory.Create(logging =>
        {
            logging.Services.AddSingleton(TimeProvider.System);
            Filter(logging, level);
            logging.AddConsoleFormatter<PlainLogFormatter, ConsoleFormatterOptions>();
            logging.AddConsole(console =>
            {
                console.FormatterName = PlainLogFormatter.FormatterName;
                // Standard output is for the greeting: what programs read is not mixed with what people read.
                console.LogToStandardErrorThreshold = LogLevel.Trace;
            });
        });

    internal static void Filter(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        // The framework tells much that concerns nobody who runs a server.
        logging.AddFilter("Microsoft", level < LogLevel.Information ? level : LogLevel.Warning);
        // It writes the whole address of each request, in which a console's ticket is, and whatever people put there.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        // A request without sign-in is answered, and is no news.
        logging.AddFilter(typeof(TokenAuthentication).FullName, LogLevel.Warning);
    }
}
