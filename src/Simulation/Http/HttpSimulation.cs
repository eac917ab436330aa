using System.Net;
using System.Security.Cryptography.X509Certificates;
using Anyvisor.Simulation.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Anyvisor.Simulation.Http;

/// <summary>An HTTP server for simulators, with the faults that any HTTP system can have. Thread-safe; dispose it to stop.</summary>
public sealed class HttpSimulation : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpSimulation(WebApplication app, IPEndPoint endpoint)
    {
        _app = app;
        Endpoint = endpoint;
    }

    /// <summary>Where it listens, with the real port.</summary>
    public IPEndPoint Endpoint { get; }

    /// <param name="options">Address, clock and logs.</param>
    /// <param name="certificate">Null for plain HTTP.</param>
    /// <param name="dice">When faults strike.</param>
    /// <param name="handler">Answers every request.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="SimulationException">The address can't be listened on.</exception>
    public static async Task<HttpSimulation> StartAsync(
        SimulationOptions options,
        X509Certificate2? certificate,
        FaultDice dice,
        RequestDelegate handler,
        CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(options.Loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64L << 30;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(options.Listen, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (certificate is not null)
                    listen.UseHttps(certificate);
            });
        });
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        app.UseHttpFaults(dice, options.Time);
        app.Run(handler);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new SimulationException($"Can't listen on {options.Listen}: {e.Message}", e);
        }
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new HttpSimulation(app, new IPEndPoint(options.Listen.Address, new Uri(bound).Port));
    }

    public async ValueTask DisposeAsync()
    {
        // Long polls do not end by themselves: what is open after a moment is cut.
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(patience.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }
}
