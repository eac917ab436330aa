using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Wire.Xdr;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

public sealed class XdrTests
{
    [Fact]
    public void A_domain_is_read_as_the_wire_has_it()
    {
        var reader = new XdrReader(new Bytes().Domain("web", 7, 3).ToArray());

        var domain = DomainRef.Decode(ref reader);

        Assert.Equal(new DomainRef("web", Guid.Parse("00000000-0000-0000-0000-000000000007"), 3), domain);
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void A_domain_is_written_as_the_wire_has_it()
    {
        using var writer = new XdrWriter();
        new DomainRef("web", Guid.Parse("00000000-0000-0000-0000-000000000007"), 3).Encode(writer);

        Assert.Equal(new Bytes().Domain("web", 7, 3).ToArray(), Payload(writer));
    }

    [Fact]
    public void Chars_take_four_bytes_each_as_rpcgen_has_it()
    {
        using var writer = new XdrWriter();
        writer.Chars("ab"u8.ToArray(), 10);

        Assert.Equal(new Bytes().WideChars("ab"u8).ToArray(), Payload(writer));
        var reader = new XdrReader(Payload(writer));
        Assert.Equal("ab"u8.ToArray(), reader.Chars(10));
    }

    [Fact]
    public void A_text_of_fixed_length_ends_at_its_NUL()
    {
        var bytes = new Bytes();
        foreach (var c in "x86_64\0garbage.................."u8)
            bytes.Int(c);
        var reader = new XdrReader(bytes.ToArray());

        Assert.Equal("x86_64", reader.FixedText(32));
    }

    [Theory]
    [InlineData(16385)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_list_longer_than_the_protocol_allows_is_refused(int count) =>
        Assert.Contains("the protocol allows 16384", Refused(new Bytes().Int(count).ToArray(), static (ref XdrReader r) =>
            r.List(Limits.DomainList, DomainRef.MinimumSize, DomainRef.Decode)), StringComparison.Ordinal);

    [Fact]
    public void A_list_that_cannot_be_in_the_message_costs_no_memory()
    {
        var bytes = new Bytes().Int(16384).Raw(new byte[64]).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Refused(bytes, static (ref XdrReader r) => r.List(Limits.DomainList, DomainRef.MinimumSize, DomainRef.Decode));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 * 1024);
    }

    [Fact]
    public void A_text_longer_than_the_message_is_refused() =>
        Assert.Contains("are left", Refused(new Bytes().Int(1000).Int(0).ToArray(), static (ref XdrReader r) => r.String()), StringComparison.Ordinal);

    [Fact]
    public void A_presence_mark_is_zero_or_one() =>
        Assert.Contains("presence mark of 2", Refused(new Bytes().Int(2).ToArray(), static (ref XdrReader r) => r.OptionalString()), StringComparison.Ordinal);

    [Fact]
    public void A_parameter_of_an_unknown_kind_is_refused_by_name() =>
        Assert.Contains("'odd'", Refused(new Bytes().Text("odd").Int(99).Long(0).ToArray(), TypedParameter.Decode), StringComparison.Ordinal);

    [Fact]
    public void A_name_with_a_NUL_is_never_sent()
    {
        using var writer = new XdrWriter();

        var refused = Assert.Throws<LibvirtException>(() => writer.String("db\0-other"));

        Assert.Equal(LibvirtFailure.InvalidArgument, refused.Failure);
    }

    [Fact]
    public void More_items_than_the_protocol_takes_are_never_sent()
    {
        using var writer = new XdrWriter();
        var parameters = Enumerable.Range(0, 65).Select(i => TypedParameter.Of($"p{i}", i)).ToList();

        var refused = Assert.Throws<LibvirtException>(() => writer.TypedParameters(parameters, Limits.DomainMigrateParamList));

        Assert.Contains("at most 64", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_parameters_are_shared_between_guests()
    {
        var names = new FieldNames();

        Assert.Same(names.Share("state.state"u8), names.Share("state.state"u8));
    }

    [Fact]
    public void Numbers_of_parameters_are_read_whatever_their_kind()
    {
        Assert.Equal(long.MaxValue, TypedParameter.Of("a", ulong.MaxValue).AsLong());
        Assert.Equal(ulong.MaxValue, TypedParameter.Of("a", ulong.MaxValue).AsULong());
        Assert.Null(TypedParameter.Of("a", -1).AsULong());
        Assert.Null(TypedParameter.Of("a", double.NaN).AsLong());
        Assert.Equal(7.0, TypedParameter.Of("a", 7u).AsDouble());
        Assert.Equal("1.5", TypedParameter.Of("a", 1.5).Format());
        Assert.True(TypedParameter.Of("a", true).AsBoolean());
    }

    private static string Refused<T>(byte[] bytes, XdrDecoder<T> decode)
    {
        var refused = Assert.Throws<LibvirtException>(() =>
        {
            var reader = new XdrReader(bytes);
            decode(ref reader);
        });
        Assert.Equal(LibvirtFailure.Protocol, refused.Failure);
        return refused.Message;
    }

    private static byte[] Payload(XdrWriter writer) => writer.Message[MessageHeader.Size..].ToArray();
}
