using System.Net;
using System.Security.Authentication;
using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Anyvisor.Model.Json;
using Anyvisor.Server.Audit;
using Anyvisor.Server.Guests;
using Anyvisor.Server.Json;
using Anyvisor.Server.Metrics;
using Anyvisor.Server.OpenApi;
using Anyvisor.Server.Problems;
using Anyvisor.Server.Security;
using Anyvisor.Server.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Anyvisor.Server.Startup;

/// <summary>The HTTP edge: Kestrel, the order of what every request passes through, and the routes.</summary>
internal static class HttpHost
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(8);

    internal static WebApplication Build(ServerOptions options, CoreParts core, ILoggerFactory loggers, TimeProvider time)
    {
        // Empty: no settings files and no environment variables decide anything behind the command line's back.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "anyvisor-server" });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, options));
        var services = builder.Services;
        services.AddSingleton(loggers);
        services.AddSingleton(time);
        services.AddSingleton(options);
        services.AddSingleton(new StartGate(core.Ready, time));
        core.AddTo(services);
        AddEdge(services);
        var app = builder.Build();
        Pipeline(app);
        Routes.Map(app);
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = JsonBody.Drained;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.MaxConcurrentConnections = 20_000;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 2_000;
        if (options.Listen.Address.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(options.Listen.Port, Secure);
        else
            kestrel.Listen(options.Listen, Secure);

        void Secure(ListenOptions listen)
        {
            if (options.Tls)
                listen.UseHttps(https =>
                {
                    var certificate = ServerCertificate.Load(options.TlsCertificate!, options.TlsKey!);
                    https.ServerCertificate = certificate.Leaf;
                    https.ServerCertificateChain = certificate.Chain;
                    https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                });
        }
    }

    private static void AddEdge(IServiceCollection services)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopWithin);
        services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        services.AddRoutingCore();
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new() { Timeout = Deadline });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            // For the OpenAPI document alone: answers are written with the model's own metadata.
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ModelJson.Default);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        // The core of it alone: the rest would keep key rings in the home directory for cookies that we don't make.
        services.AddAuthenticationCore(schemes =>
        {
            schemes.DefaultScheme = TokenAuthentication.SchemeName;
            schemes.AddScheme<TokenAuthentication>(TokenAuthentication.SchemeName, null);
        });
        services.AddTransient<TokenAuthentication>();
        services.AddSingleton(UrlEncoder.Default);
        // What no route answers for is answered after sign-in alone.
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddSingleton<IAuthorizationHandler, RequiredRoleHandler>();
        services.AddSingleton<IAuthorizationHandler, LocalOrHandler>();
        services.AddSingleton<FailureLimit>();
        services.AddSingleton<SignIns>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<ProblemWriter>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<GuestView>();
        services.AddSingleton(_ => new PrometheusExporter());
        services.AddSingleton<EstateMetrics>();
        services.AddSingleton(WebConsole.Find(AppContext.BaseDirectory));
        ApiDocument.Register(services);
    }

    private static void Pipeline(WebApplication app)
    {
        var problems = app.Services.GetRequiredService<ProblemWriter>();
        // Counts from the first request on, not from the first time that somebody reads the numbers.
        app.Services.GetRequiredService<PrometheusExporter>();
        app.Services.GetRequiredService<EstateMetrics>();
        var audit = app.Services.GetRequiredService<AuditTrail>();
        app.Use(SecurityHeaders.AddAsync);
        app.Use(problems.InvokeAsync);
        app.Use(app.Services.GetRequiredService<WebConsole>().InvokeAsync);
        app.Use(app.Services.GetRequiredService<StartGate>().InvokeAsync);
        app.UseRouting();
        app.UseRequestTimeouts();
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(SameSite.RequireAsync);
        app.Use(audit.InvokeAsync);
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromSeconds(30) });
    }
}
