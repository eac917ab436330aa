using System.Diagnostics;
using System.Globalization;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Tests.Recordings;
using Anyvisor.Drivers.Zvm.Wire.Feilong;
using Anyvisor.Drivers.Zvm.Wire.Smapi;
using Xunit;

namespace Anyvisor.Drivers.Zvm.Tests.Wire;

/// <summary>Answers that were changed at random: each is read, or refused in our words; none crashes, hangs or eats memory.</summary>
public sealed class HostileInputTests
{
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("ANYVISOR_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : 20_000;
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("ANYVISOR_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : Environment.TickCount;

    private static readonly (string Function, Action<SmapiReply> Read)[] Readers =
    [
        ("Image_Name_Query_DM", r => SmapiOutputs.Texts(r, "f")),
        ("Image_CPU_Query", r => SmapiOutputs.Cpus(r, "f")),
        ("Image_Active_Configuration_Query", r => SmapiOutputs.Active(r, "f")),
        ("Image_Disk_Query", r => SmapiOutputs.Disks(r, "f")),
        ("Virtual_Network_Adapter_Query", r => SmapiOutputs.Adapters(r, "f")),
        ("Virtual_Network_Vswitch_Query", r => SmapiOutputs.Switches(r, "f")),
        ("System_Information_Query", r => SmapiOutputs.System("x", SmapiOutputs.Lines(r, "f"), SmapiOutputs.Lines(r, "f"))),
        ("SSI_Query", r => SmapiOutputs.Cluster(r, "f")),
        ("Image_Query_DM", r => EntryReader.Read(SmapiOutputs.Texts(r, "f"))),
    ];

    [Fact]
    public void Mutated_answers_of_the_management_API_are_read_or_refused()
    {
        var random = new Random(Seed);
        var samples = Readers.Select(reader => (reader.Read, Bytes: Recorded.Exchanges(reader.Function).Select(e => e.Received).Where(b => b.Length < 4_000).DefaultIfEmpty(Made()).ToArray())).ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 0; round < Rounds; round++)
        {
            var (read, originals) = samples[random.Next(samples.Length)];
            Judge(random, originals[random.Next(originals.Length)], bytes => read(SmapiReply.Parse(bytes, "f")));
            // Past the frame, so that what is inside is reached too.
            Judge(random, originals[random.Next(originals.Length)][20..], bytes => read(new SmapiReply(0, 0, 0, bytes)));
        }
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 64 << 20);
    }

    [Fact]
    public void Mutated_answers_of_the_connector_are_read_or_refused()
    {
        var random = new Random(Seed);
        var samples = new[]
        {
            """{"rs":0,"overallRC":0,"modID":null,"rc":0,"errmsg":"","output":{"LNX1":{"guest_cpus":2,"max_mem_kb":1024,"used_cpu_time_us":"12"}}}""",
            """{"rs":0,"overallRC":0,"modID":null,"rc":0,"errmsg":"","output":{"user_direct":["USER LNX1 SECRET 1G 2G G","CPU 00 BASE","MDISK 100 3390 1 100 VOL1 MR A B C","NICDEF 1000 TYPE QDIO LAN SYSTEM VSW1"]}}""",
            """{"rs":0,"overallRC":0,"modID":null,"rc":0,"errmsg":"","output":{"hypervisor_hostname":"A","memory_mb":51200.0,"memory_mb_used":"1e3","hypervisor_version":640,"cpu_info":{"cec_model":"2817"},"disk_total":1}}""",
            """{"rs":0,"overallRC":0,"modID":null,"rc":0,"errmsg":"","output":[{"imagename":"a","disk_size_units":"3338:CYL","image_size_in_bytes":"12"}]}""",
            """{"rs":0,"overallRC":0,"modID":null,"rc":0,"errmsg":"","output":["ssi_name = A","member_system_id = B","member_state = Joined"]}""",
        }.Select(Encoding.UTF8.GetBytes).ToArray();
        for (var round = 0; round < Rounds; round++)
            Judge(random, samples[random.Next(samples.Length)], bytes =>
            {
                var output = FeilongReply.Parse(bytes, "a test").Output;
                FeilongReader.System(output);
                FeilongReader.Cluster(output);
                FeilongReader.Users(output);
                FeilongReader.Images(output);
                FeilongReader.Adapters(output);
                FeilongReader.Network("n", output);
                FeilongReader.Running(output);
                FeilongReader.Counters(output);
                EntryReader.Read(FeilongReader.Entry(output));
            });
    }

    [Fact]
    public void A_length_of_four_gigabytes_is_refused_before_anything_is_made_of_it()
    {
        var reply = new SmapiReply(0, 0, 0, new byte[] { 0xff, 0xff, 0xff, 0xff, 1, 2 });
        var e = Assert.Throws<ProviderException>(() => SmapiOutputs.Texts(reply, "Image_Name_Query_DM"));
        Assert.Equal(ProviderError.ProtocolViolation, e.Error);
        Assert.Contains("Image_Name_Query_DM", e.Message, StringComparison.Ordinal);
        Assert.Throws<ProviderException>(() => SmapiReply.Length([0x7f, 0xff, 0xff, 0xff], "f"));
    }

    private static void Judge(Random random, byte[] original, Action<byte[]> read)
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        var bytes = Mutate(random, original);
        var began = Stopwatch.GetTimestamp();
        try
        {
            read(bytes);
        }
        catch (ProviderException e)
        {
            Assert.Equal(ProviderError.ProtocolViolation, e.Error);
        }
        catch (Exception e) when (e is not ProviderException)
        {
            Assert.Fail($"seed {Seed}: {Convert.ToHexString(bytes)}: {e}");
        }
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5), $"seed {Seed}: {Convert.ToHexString(bytes)}");
    }

    private static byte[] Mutate(Random random, byte[] original)
    {
        var bytes = (byte[])original.Clone();
        for (var times = random.Next(1, 5); times > 0 && bytes.Length > 0; times--)
            switch (random.Next(4))
            {
                case 0:
                    bytes = bytes[..random.Next(bytes.Length)];
                    break;
                case 1:
                    bytes = [.. bytes, .. bytes[random.Next(bytes.Length)..]];
                    break;
                default:
                    bytes[random.Next(bytes.Length)] = (byte)(random.Next(3) == 0 ? 0xff : random.Next(256));
                    break;
            }
        return bytes;
    }

    private static byte[] Made() => [0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 8, .. "LNX00001"u8];
}
