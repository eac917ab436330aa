using System.Net;
using Anyvisor.Server.Startup;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

public sealed class CommandLineTests
{
    private static readonly Dictionary<string, string> Home = new(StringComparer.Ordinal) { ["HOME"] = "/home/me" };

    private static ServerOptions Parse(params string[] arguments) => CommandLine.Parse(arguments, name => Home.GetValueOrDefault(name));

    private static string Refused(params string[] arguments) => Assert.Throws<UsageException>(() => Parse(arguments)).Message;

    [Fact]
    public void Without_flags_it_listens_on_loopback_and_keeps_data_in_the_home_directory()
    {
        var options = Parse();
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8440), options.Listen);
        Assert.Equal("/home/me/.local/share/anyvisor", options.Data);
    }

    [Fact]
    public void The_data_directory_is_the_flag_then_ANYVISOR_DATA_then_XDG()
    {
        Dictionary<string, string> all = new(StringComparer.Ordinal) { ["HOME"] = "/h", ["XDG_DATA_HOME"] = "/x", ["ANYVISOR_DATA"] = "/a" };
        Assert.Equal("/f", CommandLine.Parse(["--data", "/f"], name => all.GetValueOrDefault(name)).Data);
        Assert.Equal("/a", CommandLine.Parse([], name => all.GetValueOrDefault(name)).Data);
        all.Remove("ANYVISOR_DATA");
        Assert.Equal("/x/anyvisor", CommandLine.Parse([], name => all.GetValueOrDefault(name)).Data);
        all["XDG_DATA_HOME"] = "relative";
        Assert.Equal("/h/.local/share/anyvisor", CommandLine.Parse([], name => all.GetValueOrDefault(name)).Data);
    }

    [Fact]
    public void An_unknown_flag_names_the_nearest() => Assert.Contains("'--listen'", Refused("--lisen", "1"), StringComparison.Ordinal);

    [Theory]
    [InlineData("--listen", "nowhere")]
    [InlineData("--listen", "example.com:80")]
    [InlineData("--listen", "127.0.0.1:70000")]
    [InlineData("--keep", "0")]
    [InlineData("--keep", "many")]
    [InlineData("--upload-limit", "5XB")]
    [InlineData("--upload-limit", "99999999999TiB")]
    [InlineData("--log-level", "loud")]
    [InlineData("--insecure-http=maybe", null)]
    [InlineData("--data", null)]
    [InlineData("stray", null)]
    public void A_wrong_value_is_told_with_its_flag(string flag, string? value)
    {
        var message = value is null ? Refused(flag) : Refused(flag, value);
        Assert.Contains(flag.Split('=')[0], message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_without_its_key_is_refused() => Assert.Contains("--tls-key", Refused("--tls-cert", "c.pem"), StringComparison.Ordinal);

    [Fact]
    public void Sizes_take_IEC_units() => Assert.Equal(3L << 30, Parse("--upload-limit=3GiB").UploadLimit);

    [Fact]
    public void Other_machines_get_plain_HTTP_only_when_a_person_says_so()
    {
        var open = Parse("--listen", "0.0.0.0:8440");
        var message = Assert.Throws<UsageException>(() => ListenAddress.RefuseUnprotected(open)).Message;
        Assert.Contains("--insecure-http", message, StringComparison.Ordinal);
        ListenAddress.RefuseUnprotected(open with { InsecureHttp = true });
        ListenAddress.RefuseUnprotected(open with { TlsCertificate = "c", TlsKey = "k" });
        ListenAddress.RefuseUnprotected(Parse("--listen", "[::1]:8440"));
    }

    [Theory]
    [InlineData("0.0.0.0:80", "http://127.0.0.1:80")]
    [InlineData("*:81", "http://[::1]:81")]
    [InlineData("[::1]:82", "http://[::1]:82")]
    [InlineData("localhost:83", "http://127.0.0.1:83")]
    [InlineData("84", "http://127.0.0.1:84")]
    public void The_announced_address_is_one_that_this_machine_can_use(string listen, string url) =>
        Assert.Equal(url, ListenAddress.Url(ListenAddress.Parse(listen), tls: false));

    [Fact]
    public void A_certificate_that_can_not_be_read_is_a_clear_refusal()
    {
        var error = Assert.Throws<UsageException>(() => ServerCertificate.Load("/nonexistent/c.pem", "/nonexistent/k.pem"));
        Assert.Contains("/nonexistent/c.pem", error.Message, StringComparison.Ordinal);
    }
}
