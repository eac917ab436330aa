using System.Globalization;
using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Wire.Rpc;
using Anyvisor.Drivers.Libvirt.Wire.Xdr;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

/// <summary>
/// ANYVISOR_FUZZ=1000000 makes it a million messages a codec; ANYVISOR_FUZZ_SEED repeats a run.
/// </summary>
public sealed class CodecPropertyTests
{
    private static readonly int Count = Number("ANYVISOR_FUZZ", 2_000);
    private static readonly int Seed = Number("ANYVISOR_FUZZ_SEED", Environment.TickCount);

    private delegate void Reading(ref XdrReader reader);

    // Together they read every construct that the generated decoders are made of.
    private static readonly (string Name, byte[] Good, Reading Read)[] Codecs =
    [
        ("domains", new Bytes().Int(2).Domain("a", 1, 1).Domain("b", 2, -1).Int(2).ToArray(),
            static (ref XdrReader r) => r.List(Limits.DomainList, DomainRef.MinimumSize, DomainRef.Decode)),
        ("stats", Stats(), static (ref XdrReader r) => r.List(Limits.DomainList, DomainStats.MinimumSize, DomainStats.Decode)),
        ("error", Bytes.Error(42, 10, "no such domain"), static (ref XdrReader r) => LibvirtException.Decode(ref r, "Test")),
        ("interfaces", new Bytes().Int(1).Text("vnet0").MaybeText("52:54:00:00:00:01").Int(1).Int(0).Text("10.0.0.1").Int(24).ToArray(),
            static (ref XdrReader r) => r.List(Limits.DomainInterface, GuestInterface.MinimumSize, GuestInterface.Decode)),
        ("leases", new Bytes().Int(1).Text("br0").Long(1).Int(0).MaybeText("m").MaybeText(null).Text("10.0.0.2").Int(24).MaybeText("h").MaybeText(null).ToArray(),
            static (ref XdrReader r) => r.List(Limits.NetworkDhcpLeases, DhcpLease.MinimumSize, DhcpLease.Decode)),
        ("filesystems", new Bytes().Int(1).Text("/").Text("vda1").Text("ext4").Int(1).Text("virtio-disk0").Int(1).ToArray(),
            static (ref XdrReader r) => r.List(Limits.DomainFsinfo, GuestFileSystem.MinimumSize, GuestFileSystem.Decode)),
        ("host", Host(), static (ref XdrReader r) => NodeGetInfoResult.Decode(ref r)),
        ("migration", new Bytes().Opaque("cookie"u8).Text("<domain/>").ToArray(),
            static (ref XdrReader r) => DomainMigrateBegin3ParamsResult.Decode(ref r)),
        ("sasl", new Bytes().Int(1).Int(0).WideChars("r=abc"u8).ToArray(), static (ref XdrReader r) => AuthSaslStepResult.Decode(ref r)),
        ("lifecycle event", new Bytes().Int(1).Domain("a", 1, 1).Int(2).Int(0).ToArray(), static (ref XdrReader r) => EventDecoder.Decode(318, ref r)),
        ("graphics event", new Bytes().Int(1).Domain("a", 1, 1).Int(0).Int(0).Text("h").Text("s").Int(0).Text("h").Text("s").Text("vnc").Int(1).Text("t").Text("n").ToArray(),
            static (ref XdrReader r) => EventDecoder.Decode(323, ref r)),
        ("job event", new Bytes().Int(1).Domain("a", 1, 1).Int(1).Text("time").Int(4).Long(5).ToArray(), static (ref XdrReader r) => EventDecoder.Decode(363, ref r)),
    ];

    [Fact]
    public void Every_codec_takes_its_good_message()
    {
        foreach (var (_, good, read) in Codecs)
        {
            var reader = new XdrReader(good);
            read(ref reader);
            Assert.InRange(reader.Remaining, 0, 4); // The count that lists repeat is read by the client's methods.
        }
    }

    [Fact]
    public void Mutated_messages_never_crash_a_codec_and_never_cost_much_memory()
    {
        var random = new Random(Seed);
        var names = new FieldNames();
        foreach (var (name, good, read) in Codecs)
        {
            for (var i = 0; i < Count; i++)
            {
                var message = Mutate(good, random);
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    var reader = new XdrReader(message, names);
                    read(ref reader);
                }
                catch (LibvirtException e)
                {
                    Assert.True(e.Failure == LibvirtFailure.Protocol, $"{name}, seed {Seed}: {e}");
                }
                var cost = GC.GetAllocatedBytesForCurrentThread() - before;
                // 256 KiB: the table of shared names grows, once and up to its bound.
                Assert.True(cost < 256 * 1024 + 16L * message.Length, $"{name}, seed {Seed}: {cost} bytes for a message of {message.Length}");
            }
        }
    }

    [Fact]
    public async Task Garbage_never_crashes_the_frame_reader_and_never_costs_much_memory()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Count; i++)
        {
            var garbage = new byte[random.Next(512)];
            random.NextBytes(garbage);
            if (random.Next(2) == 0 && garbage.Length > 4)
                garbage[0] = garbage[1] = 0; // A length that may be believed.
            using var frames = new FrameReader(new MemoryStream(garbage), static () => { });
            try
            {
                while (!(await frames.ReadAsync(TestContext.Current.CancellationToken)).IsEmpty)
                {
                }
            }
            catch (LibvirtException e)
            {
                Assert.True(e.Failure is LibvirtFailure.Protocol or LibvirtFailure.Transport, $"seed {Seed}: {e}");
            }
        }
    }

    [Fact]
    public void What_is_written_is_read_again() =>
        Prop.ForAll<string, int, Guid>((name, id, uuid) =>
        {
            var sent = new SnapshotRef(Clean(name), new DomainRef(Clean(name), uuid, id));
            using var writer = new XdrWriter();
            sent.Encode(writer);
            var reader = new XdrReader(writer.Message.Span[MessageHeader.Size..]);
            return SnapshotRef.Decode(ref reader) == sent && reader.Remaining == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_typed_parameter_is_read_again_as_it_was_written() =>
        Prop.ForAll<int, long, string>((i, l, s) =>
        {
            TypedParameter[] sent =
            [
                TypedParameter.Of("int", i), TypedParameter.Of("uint", (uint)i), TypedParameter.Of("long", l),
                TypedParameter.Of("ulong", (ulong)l), TypedParameter.Of("double", BitConverter.Int64BitsToDouble(l)), TypedParameter.Of("bool", i > 0), TypedParameter.Of("text", Clean(s)),
            ];
            using var writer = new XdrWriter();
            writer.TypedParameters(sent, 64);
            var reader = new XdrReader(writer.Message.Span[MessageHeader.Size..]);
            return reader.TypedParameters(64).SequenceEqual(sent);
        }).QuickCheckThrowOnFailure();

    private static byte[] Mutate(byte[] good, Random random)
    {
        var bytes = (byte[])good.Clone();
        switch (random.Next(5))
        {
            case 0: // other bytes
                for (var n = random.Next(1, 8); n > 0; n--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 1: // cut
                return bytes[..random.Next(bytes.Length)];
            case 2: // a word of another size
                int[] words = [-1, int.MaxValue, int.MinValue, 0, 1, 2, 16384, 16385, 4194304, 262144];
                System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(random.Next(bytes.Length / 4) * 4), words[random.Next(words.Length)]);
                return bytes;
            case 3: // more behind it
                return [.. bytes, .. new byte[random.Next(256)]];
            default: // nothing of it
                random.NextBytes(bytes);
                return bytes;
        }
    }

    private static byte[] Stats() => new Bytes().Int(1).Domain("a", 1, 1).Int(7)
        .Text("state.state").Int(1).Int(1).Text("a").Int(2).Int(2).Text("b").Int(3).Long(3).Text("c").Int(4).Long(4)
        .Text("d").Int(5).Long(BitConverter.DoubleToInt64Bits(0.5)).Text("e").Int(6).Int(1).Text("f").Int(7).Text("x").ToArray();

    private static byte[] Host()
    {
        var bytes = new Bytes();
        for (var i = 0; i < 32; i++)
            bytes.Int(i < 6 ? 'x' : 0);
        return bytes.Long(1024).Int(1).Int(1).Int(1).Int(1).Int(1).Int(1).ToArray();
    }

    // What a text can't be on this wire: absent, with a NUL, or half a character.
    private static string Clean(string? text) =>
        new([.. (text ?? "").Where(c => c != '\0' && !char.IsSurrogate(c))]);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
