using Xunit;

namespace Anyvisor.EndToEnd.Harness;

/// <summary>What <c>./test</c> set up for us, found by environment variables.</summary>
internal static class Bed
{
    /// <summary>The URL of a libvirt host with QEMU that is ours alone.</summary>
    internal static string LibvirtUri => Variable("ANYVISOR_TEST_LIBVIRT_URI");

    /// <summary>The disk image <c>hello</c>.</summary>
    internal static string HelloImage => Variable("ANYVISOR_TEST_HELLO_IMAGE");

    /// <summary>The folder of the built server and CLI.</summary>
    internal static string App => Variable("ANYVISOR_TEST_APP");

    private static string Variable(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        Assert.SkipWhen(string.IsNullOrEmpty(value), $"{name} is not set: run ./test EndToEnd as root, which brings up what is needed");
        return value!;
    }
}
