using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Wire.Transports;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

public sealed class LibvirtUriTests
{
    [Theory]
    [InlineData("qemu:///system", LibvirtTransport.Unix, "", "qemu:///system")]
    [InlineData("qemu:///session", LibvirtTransport.Unix, "", "qemu:///session")]
    [InlineData("test:///default", LibvirtTransport.Unix, "", "test:///default")]
    [InlineData("lxc:///system", LibvirtTransport.Unix, "", "lxc:///system")]
    [InlineData("xen:///system", LibvirtTransport.Unix, "", "xen:///system")]
    [InlineData("qemu+unix:///system?socket=/tmp/a%20b", LibvirtTransport.Unix, "", "qemu:///system")]
    [InlineData("qemu+ssh://root@kvm1:2222/system?keyfile=/k&known_hosts=/h", LibvirtTransport.Ssh, "kvm1", "qemu:///system")]
    [InlineData("xen+ssh://xen1/", LibvirtTransport.Ssh, "xen1", "xen:///")]
    [InlineData("qemu://kvm1/system", LibvirtTransport.Tls, "kvm1", "qemu:///system")]
    [InlineData("qemu+tcp://[::1]:16509/system", LibvirtTransport.Tcp, "::1", "qemu:///system")]
    [InlineData("qemu+tls://kvm1/system?no_verify=1&extra=x%26y", LibvirtTransport.Tls, "kvm1", "qemu:///system?extra=x%26y")]
    [InlineData("qemu+ssh://kvm1/system?name=qemu:///other", LibvirtTransport.Ssh, "kvm1", "qemu:///other")]
    [InlineData("remote+tls://kvm1/", LibvirtTransport.Tls, "kvm1", "")]
    internal void A_URI_says_the_line_and_what_to_open(string text, LibvirtTransport transport, string host, string remoteName)
    {
        var uri = LibvirtUri.Parse(text);

        Assert.Equal((transport, host, remoteName), (uri.Transport, uri.Host, uri.RemoteName));
    }

    [Fact]
    public void Parameters_of_the_line_are_unescaped()
    {
        var uri = LibvirtUri.Parse("qemu+ssh://root@kvm1:2222/system?keyfile=/home/a%20b/key&known_hosts=/h&no_verify=1&mode=direct&netcat=/bin/nc");

        Assert.Equal("/home/a b/key", uri.KeyFile);
        Assert.Equal("/h", uri.KnownHosts);
        Assert.Equal("/bin/nc", uri.Netcat);
        Assert.Equal("root", uri.User);
        Assert.Equal(2222, uri.Port);
        Assert.True(uri.NoVerify);
        Assert.Equal(DaemonMode.Direct, uri.Mode);
    }

    [Theory]
    [InlineData("", "not of the form")]
    [InlineData("kvm1", "not of the form")]
    [InlineData("qemu+carrier://kvm1/system", "unix, ssh, tls or tcp")]
    [InlineData("qemu+unix://kvm1/system", "no host")]
    [InlineData("qemu+ssh:///system", "needs a host")]
    [InlineData("qemu+ssh://root:hunter2@kvm1/system", "holds a password")]
    [InlineData("qemu+ssh://kvm1/system?command=/tmp/x", "'command' is not taken")]
    [InlineData("qemu+ssh://kvm1/system?authfile=/etc/shadow", "'authfile' is not taken")]
    [InlineData("qemu+ssh://kvm1/system?proxy=x", "auto, native or netcat")]
    [InlineData("qemu:///system?mode=x", "auto, direct or legacy")]
    public void A_URI_that_cannot_be_used_says_why_and_does_not_repeat_itself(string text, string says)
    {
        var refused = Assert.Throws<LibvirtException>(() => LibvirtUri.Parse(text));

        Assert.Equal(LibvirtFailure.InvalidArgument, refused.Failure);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qemu:///system", "/run/libvirt/virtqemud-sock,/run/libvirt/libvirt-sock", "/run/libvirt/virtqemud-sock")]
    [InlineData("qemu:///system", "/run/libvirt/libvirt-sock", "/run/libvirt/libvirt-sock")]
    [InlineData("qemu:///system", "", "/run/libvirt/libvirt-sock")]
    [InlineData("qemu:///system", "/usr/sbin/virtqemud", "/run/libvirt/virtqemud-sock")]
    [InlineData("qemu:///system?mode=legacy", "/run/libvirt/virtqemud-sock", "/run/libvirt/libvirt-sock")]
    [InlineData("xen:///system", "/run/libvirt/virtxend-sock", "/run/libvirt/virtxend-sock")]
    [InlineData("lxc:///system?mode=direct", "", "/run/libvirt/virtlxcd-sock")]
    [InlineData("test:///default", "/run/libvirt/virtqemud-sock", "/run/libvirt/libvirt-sock")]
    [InlineData("qemu:///session", "/run/user/7/libvirt/libvirt-sock", "/run/user/7/libvirt/libvirt-sock")]
    public void The_socket_is_of_the_daemon_that_is_there(string uri, string existing, string expected)
    {
        var around = new DaemonSurroundings(IsRoot: false, "/run/user/7", existing.Split(',').Contains);

        Assert.Equal(expected, DaemonSocket.Choose(LibvirtUri.Parse(uri), readOnly: false, around).Path);
    }

    [Fact]
    public void A_session_may_be_started_and_the_system_may_not()
    {
        var around = new DaemonSurroundings(IsRoot: false, "/run/user/7", path => path == "/usr/sbin/libvirtd");

        var session = DaemonSocket.Choose(LibvirtUri.Parse("qemu:///session"), readOnly: false, around);

        Assert.True(session.MaySpawn);
        Assert.Equal("/usr/sbin/libvirtd", session.Daemon);
        Assert.False(DaemonSocket.Choose(LibvirtUri.Parse("qemu:///system"), readOnly: false, around).MaySpawn);
    }
}
