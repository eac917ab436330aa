using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Anyvisor.Simulation.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Unit.Tests.Http;

/// <summary>Against real listeners: what a user reads when the other end is not what it should be.</summary>
public sealed class ProviderHttpTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("anyvisor-http-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(true);

    [Fact]
    public async Task A_certificate_that_nobody_known_signed_is_refused_with_its_fingerprint()
    {
        var asked = 0;
        using var certificate = Certificate();
        await using var server = await ServeAsync(certificate, _ => { asked++; return Task.CompletedTask; });
        var error = await RefusedAsync(server, certificate, []);
        Assert.Equal(ProviderError.Unreachable, error.Error);
        Assert.Contains(SelfSignedCertificate.Thumbprint(certificate), error.Message, StringComparison.Ordinal);
        Assert.Contains("thumbprint", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task A_changed_certificate_is_refused_with_both_fingerprints_and_nothing_is_sent()
    {
        var asked = 0;
        using var certificate = Certificate();
        await using var server = await ServeAsync(certificate, _ => { asked++; return Task.CompletedTask; });
        var known = Convert.ToHexString(SHA256.HashData("another"u8));
        var error = await RefusedAsync(server, certificate, [("thumbprint", known)]);
        Assert.Contains(known, error.Message, StringComparison.Ordinal);
        Assert.Contains(SelfSignedCertificate.Thumbprint(certificate), error.Message, StringComparison.Ordinal);
        Assert.Equal(0, asked);
    }

    [Fact]
    public void A_pinned_fingerprint_holds_also_where_no_certificate_is_checked()
    {
        using var certificate = Certificate();
        Assert.Null(ServerTrust.Of(Address([]) with { Insecure = true }).Judge(certificate, SslPolicyErrors.RemoteCertificateChainErrors, "p", null));
        var known = Convert.ToHexString(SHA256.HashData("another"u8));
        var pinned = ServerTrust.Of(Address([("thumbprint", known)]) with { Insecure = true });
        Assert.Contains(known, pinned.Judge(certificate, SslPolicyErrors.None, "p", null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA1")]
    public async Task The_fingerprint_that_the_user_gave_is_trusted_in_any_spelling(string algorithm)
    {
        using var certificate = Certificate();
        await using var server = await ServeAsync(certificate, context => context.Response.WriteAsync("here"));
        var thumbprint = string.Join(':', Convert.FromHexString(certificate.GetCertHashString(new HashAlgorithmName(algorithm))).Select(b => b.ToString("x2", null)));
        Assert.Equal("here", await GetAsync(server, certificate, [("thumbprint", thumbprint)]));
    }

    [Fact]
    public async Task An_authority_from_a_file_is_trusted_for_the_names_of_the_certificate_alone()
    {
        using var certificate = Certificate();
        var file = Path.Combine(_folder.FullName, "ca.pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Token);
        await using var server = await ServeAsync(certificate, context => context.Response.WriteAsync("here"));
        Assert.Equal("here", await GetAsync(server, certificate, [("ca-file", file)]));

        var error = await RefusedAsync(server, certificate, [("ca-file", file)], host: "127.0.0.2");
        Assert.Contains("not for 127.0.0.2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("thumbprint", "12345")]
    [InlineData("thumbprint", "zz")]
    [InlineData("ca-file", "/nowhere/ca.pem")]
    public void A_setting_without_sense_is_refused_before_anything_is_sent(string name, string value)
    {
        var error = Assert.Throws<ProviderException>(() => ServerTrust.Of(Address([(name, value)])));
        Assert.Equal(ProviderError.InvalidArgument, error.Error);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_at_its_bound()
    {
        await using var server = await ServeAsync(null, async context =>
        {
            var block = new byte[1 << 16];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
        });
        var error = await Assert.ThrowsAsync<ProviderException>(() => GetAsync(server, null, []));
        Assert.Equal(ProviderError.ProtocolViolation, error.Error);
        Assert.Contains("1 MiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_cut_in_the_answer_to_a_change_leaves_its_outcome_unknown()
    {
        await using var server = await ServeAsync(null, context => { context.Abort(); return Task.CompletedTask; });
        using var http = new ProviderHttp(Root(server, null), ServerTrust.Of(Address([])), 4);
        using var change = new HttpRequestMessage(HttpMethod.Put, "/do/it");
        var error = await Assert.ThrowsAsync<ProviderException>(() => http.SendAsync(change, "doing it", Token));
        Assert.True(error.OutcomeUnknown);
        using var read = new HttpRequestMessage(HttpMethod.Get, "/look");
        Assert.False((await Assert.ThrowsAsync<ProviderException>(() => http.SendAsync(read, "looking", Token))).OutcomeUnknown);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_our_credentials()
    {
        var asked = 0;
        await using var server = await ServeAsync(null, context =>
        {
            asked++;
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        using var http = new ProviderHttp(Root(server, null), ServerTrust.Of(Address([])), 4);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        using var answer = await http.SendAsync(request, "looking", Token);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_port_where_nothing_listens_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        using var http = new ProviderHttp(new Uri($"http://127.0.0.1:{port}"), ServerTrust.Of(Address([])), 4);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/");
        var error = await Assert.ThrowsAsync<ProviderException>(() => http.SendAsync(request, "looking", Token));
        Assert.Equal(ProviderError.Unreachable, error.Error);
        Assert.False(error.OutcomeUnknown);
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_speaks_no_HTTP_breaks_the_protocol()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener);
        using var http = new ProviderHttp(new Uri($"http://{listener.LocalEndpoint}"), ServerTrust.Of(Address([])), 4);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        var error = await Assert.ThrowsAsync<ProviderException>(() => http.SendAsync(request, "looking", Token));
        Assert.Equal(ProviderError.ProtocolViolation, error.Error);
        await answering;

        static async Task AnswerAsync(TcpListener listener)
        {
            using var client = await listener.AcceptTcpClientAsync(Token);
            await client.GetStream().WriteAsync("SSH-2.0-OpenSSH_9.2\r\n\r\n"u8.ToArray(), Token);
            _ = await client.GetStream().ReadAsync(new byte[4096], Token);
        }
    }

    private async Task<ProviderException> RefusedAsync(HttpSimulation server, X509Certificate2 certificate, (string, string)[] settings, string host = "127.0.0.1") =>
        await Assert.ThrowsAsync<ProviderException>(() => GetAsync(server, certificate, settings, host));

    private async Task<string> GetAsync(HttpSimulation server, X509Certificate2? certificate, (string, string)[] settings, string host = "127.0.0.1")
    {
        using var http = new ProviderHttp(Root(server, certificate, host), ServerTrust.Of(Address(settings)), 4);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        using var answer = await http.SendAsync(request, "looking", Token);
        return System.Text.Encoding.UTF8.GetString(await http.ReadAsync(answer, 1 << 20, "looking", Token));
    }

    private static Uri Root(HttpSimulation server, X509Certificate2? certificate, string host = "127.0.0.1") =>
        new($"{(certificate is null ? "http" : "https")}://{host}:{server.Endpoint.Port}");

    private static ProviderAddress Address((string Name, string Value)[] settings) =>
        new() { Provider = "p", Url = "https://p", Settings = settings.ToImmutableDictionary(s => s.Name, s => s.Value) };

    private X509Certificate2 Certificate() =>
        SelfSignedCertificate.ReadOrMake(SimulationFolder.Open(Options(), "test"), "hmc1", TimeProvider.System);

    private Task<HttpSimulation> ServeAsync(X509Certificate2? certificate, RequestDelegate handler) =>
        HttpSimulation.StartAsync(Options(), certificate, new FaultDice(FaultPlan.None, 1), handler, Token);

    private SimulationOptions Options() =>
        new() { Listen = new IPEndPoint(IPAddress.Any, 0), Hosts = 1, Guests = 1, Folder = _folder.CreateSubdirectory("own").FullName, Loggers = NullLoggerFactory.Instance };
}
