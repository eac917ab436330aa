using Anyvisor.Drivers.Libvirt.Wire;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

/// <summary>Signs in to a real libvirtd that has Cyrus SASL's SCRAM, by its unix socket and by TLS.</summary>
public sealed class LiveSaslTests
{
    private const string Socket = "ANYVISOR_TEST_LIBVIRT_SASL_SOCKET";
    private const string Tls = "ANYVISOR_TEST_LIBVIRT_SASL_TLS_URI";

    /// <summary>The bed's only user, as its up.sh makes it.</summary>
    private static readonly LibvirtCredentials Known = new("anyvisor", "throw-away pencil");

    [Theory]
    [InlineData(Socket, "sasl")]
    [InlineData(Tls, "sasl")]
    [InlineData(Socket, "sasl.scram-sha-256")]
    [InlineData(Tls, "sasl.plain")]
    public async Task The_right_password_signs_in(string line, string how)
    {
        await using var client = await ConnectAsync(line, how, Known);

        Assert.Equal("QEMU", await client.ConnectGetTypeAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(Socket, "sasl.scram-sha-256", "anyvisor")]
    [InlineData(Tls, "sasl.plain", "anyvisor")]
    [InlineData(Socket, "sasl", "stranger")]
    public async Task A_wrong_password_or_user_is_a_failed_sign_in_that_tells_no_password(string line, string how, string user)
    {
        var refused = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(line, how, new LibvirtCredentials(user, "wrong-pencil")));

        Assert.Equal(LibvirtFailure.Authentication, refused.Failure);
        Assert.DoesNotContain("wrong-pencil", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_password_at_all_is_told_as_what_it_is()
    {
        var refused = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(Socket, "sasl", null));

        Assert.Contains("none were given", refused.Message, StringComparison.Ordinal);
    }

    private static Task<LibvirtClient> ConnectAsync(string variable, string how, LibvirtCredentials? credentials)
    {
        var bed = Environment.GetEnvironmentVariable(variable);
        Assert.SkipWhen(string.IsNullOrEmpty(bed), $"{variable} is not set: ./test brings a libvirt host with SASL up");
        var uri = bed!.StartsWith('/') ? $"qemu+unix:///system?socket={bed}&auth={how}" : $"{bed}&auth={how}";
        return LibvirtClient.ConnectAsync(LibvirtUri.Parse(uri), credentials, LibvirtClientOptions.Default, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
