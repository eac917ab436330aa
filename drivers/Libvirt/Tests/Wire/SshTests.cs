using System.Diagnostics;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Driver.Ssh;
using Anyvisor.Drivers.Libvirt.Wire.Transports;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

public sealed class SshTests
{
    [Fact]
    public void The_host_can_never_be_taken_for_an_option()
    {
        var arguments = Ssh.Arguments(LibvirtUri.Parse("qemu+ssh://kvm1:2222/system?keyfile=-oProxyCommand=x"), readOnly: false).ToList();

        var end = arguments.IndexOf("--");
        Assert.Equal("kvm1", arguments[end + 1]);
        Assert.Equal(end + 3, arguments.Count);
        Assert.Equal("-oProxyCommand=x", arguments[arguments.IndexOf("-i") + 1]);
        Assert.Contains("BatchMode=yes", arguments);
        Assert.DoesNotContain(arguments, a => a.StartsWith("StrictHostKeyChecking", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("it's; rm -rf $HOME `id` \"x\" \\ * ~ | & > <")]
    [InlineData("''''")]
    [InlineData("a\nb")]
    public async Task A_quoted_word_reaches_the_far_program_as_it_is(string word) =>
        Assert.Equal(word, await ShellAsync($"printf %s {ShellWord.Quote(word)}"));

    [Fact]
    public async Task The_far_side_opens_the_socket_that_is_there_with_what_is_installed()
    {
        using var folder = new TemporaryFolder();
        // A far side with an nc that knows -U and tells what it was asked.
        await folder.WriteProgramAsync("nc", "case \"$*\" in -h) echo '-46CDdFhklNnrStUuvZz';; -q) echo 'option requires an argument';; *) echo \"nc $*\";; esac");
        var command = Ssh.RemoteCommand(LibvirtUri.Parse("qemu+ssh://kvm1/system?socket=/tmp/it's here"), readOnly: false);

        Assert.Equal("nc -q0 -U /tmp/it's here\n", await ShellAsync(command, folder.Path));
    }

    [Fact]
    public async Task The_far_side_prefers_its_own_helper()
    {
        using var folder = new TemporaryFolder();
        await folder.WriteProgramAsync("virt-ssh-helper", "echo \"helper $*\"");
        await folder.WriteProgramAsync("nc", "echo \"nc $*\"");

        Assert.Equal("helper qemu:///system\n", await ShellAsync(
            Ssh.RemoteCommand(LibvirtUri.Parse("qemu+ssh://kvm1/system"), readOnly: false), folder.Path));
        Assert.Equal("helper -r qemu:///session\n", await ShellAsync(
            Ssh.RemoteCommand(LibvirtUri.Parse("qemu+ssh://kvm1/session"), readOnly: true), folder.Path));
    }

    [Theory]
    [InlineData("@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@ SHA256:abc", LibvirtFailure.HostIdentity, "ssh-keygen -R kvm1")]
    [InlineData("No ED25519 host key is known for kvm1 and you have requested strict checking. Host key verification failed.", LibvirtFailure.HostIdentity, "not known")]
    [InlineData("root@kvm1: Permission denied (publickey).", LibvirtFailure.Authentication, "keyfile=")]
    [InlineData("ssh: connect to host kvm1 port 22: Connection refused", LibvirtFailure.Transport, "Connection refused")]
    [InlineData("none of virt-ssh-helper, nc with -U, socat is installed", LibvirtFailure.Transport, "virt-ssh-helper")]
    internal void What_ssh_says_becomes_an_error_that_says_what_to_do(string said, LibvirtFailure failure, string says)
    {
        var explained = SshLine.Classify(said, "kvm1", LibvirtException.Transport("end of stream"));

        Assert.Equal(failure, explained.Failure);
        Assert.Contains(says, explained.Message, StringComparison.Ordinal);
    }

    private static async Task<string> ShellAsync(string command, string? path = null)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (path is not null)
            start.Environment["PATH"] = $"{path}:/bin";
        using var shell = Process.Start(start)!;
        var said = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return said;
    }
}
