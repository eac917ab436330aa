using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Wire;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Words;

public sealed class ErrorTests
{
    [Fact]
    public void Every_error_number_of_libvirt_is_in_the_table() =>
        Assert.All(Enum.GetValues<LibvirtErrorCode>(), code => Assert.True(Errors.Maps(code), code.ToString()));

    [Fact]
    public void Every_kind_of_failure_before_the_daemon_is_mapped() =>
        Assert.All(
            Enum.GetValues<LibvirtFailure>().Where(f => f != LibvirtFailure.Remote),
            failure => Assert.NotEqual(ProviderError.ProviderFault, Errors.Classify(new LibvirtException(failure, "x")))
        );

    [Theory]
    [InlineData((int)LibvirtErrorCode.OperationFailed, "cannot fill file '/p/x': No space left on device", ProviderError.CapacityExceeded)]
    [InlineData((int)LibvirtErrorCode.InternalError, "process exited: cannot set up guest memory 'pc.ram': Cannot allocate memory", ProviderError.CapacityExceeded)]
    [InlineData((int)LibvirtErrorCode.OperationFailed, "domain 'a' already exists with uuid 1", ProviderError.Conflict)]
    [InlineData((int)LibvirtErrorCode.InternalError, "something else", ProviderError.ProviderFault)]
    [InlineData((int)LibvirtErrorCode.OperationInvalid, "domain is already running", ProviderError.Conflict)]
    public void Vague_numbers_are_told_apart_by_their_words(int code, string message, ProviderError expected) =>
        Assert.Equal(expected, Errors.Remote((LibvirtErrorCode)code, message));

    [Fact]
    public void A_line_that_breaks_in_a_change_leaves_the_outcome_open()
    {
        var broken = LibvirtException.Transport("the line broke");
        Assert.True(Errors.Translate(broken, "start guest 'a'", mutating: true).OutcomeUnknown);
        Assert.False(Errors.Translate(broken, "read guest 'a'", mutating: false).OutcomeUnknown);
        Assert.StartsWith("Could not start guest 'a': ", Errors.Translate(broken, "start guest 'a'", mutating: true).Message, StringComparison.Ordinal);
    }
}
