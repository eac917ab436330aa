using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Drivers.PowerVm.Simulator;
using Anyvisor.Drivers.PowerVm.Tests.Simulated;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;
using Microsoft.AspNetCore.Http;
using Xunit;
using HmcEvent = Anyvisor.Drivers.PowerVm.Watching.HmcEvent;

namespace Anyvisor.Drivers.PowerVm.Tests.Recordings;

/// <summary>Answers that were changed at random: each is read, or refused in our words; none crashes or hangs. <c>ANYVISOR_FUZZ=N</c> says how many.</summary>
public sealed class MutationTests
{
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("ANYVISOR_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : 3_000;
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("ANYVISOR_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : Environment.TickCount;

    /// <summary>What a value is made into; most of what goes wrong goes wrong with numbers and identities.</summary>
    private static readonly string[] Values =
    [
        "", " ", "-1", "2E+1", "1E+400", "-79228162514264337593543950335", "99999999999999999999999999", "0.0000000000001", "NaN", "true", "maybe", "null", "00000000-0000-0000-0000-000000000000",
        "not a word", "<a/>", "<Metadata><Atom><AtomID>x</AtomID></Atom></Metadata>", "&lt;", "&#0;", "&nothing;", new('9', 40), new('A', 5_000), "\u00e4\u2028", "<![CDATA[x]]>", "<!-- x -->",
    ];

    [Fact]
    public async Task Mutated_answers_are_read_or_refused()
    {
        await using var console = await SimulatedConsole.StartAsync(1, 1);
        var samples = Samples(console);
        var random = new Random(Seed);
        for (var round = 0; round < Rounds; round++)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var (body, read) = samples[random.Next(samples.Count)];
            Judge(Mutate(random, body), read);
        }
    }

    private static List<(string Body, Action<byte[]> Read)> Samples(SimulatedConsole console)
    {
        var (estate, readers) = (console.Server.Estate, new Readers("p", TimeProvider.System));
        var reads = new Reads(estate, console.Server);
        var (system, guest) = ($"uom/ManagedSystem/{estate.Systems[0].Uuid:D}", estate.Partitions.Values.First(p => !p.IsVios));
        var vios = estate.Partitions.Values.First(p => p.IsVios);
        var networks = new Dictionary<Guid, NetworkDraft>();
        var job = new SimJob { Id = "7", Path = "LogicalPartition/x/do/PowerOn", Operation = "PowerOn", Group = "LogicalPartition", Parameters = new Dictionary<string, string> { ["force"] = "false" }, Progress = 0.5, Status = "RUNNING" };
        return
        [
            Xml($"{system}/LogicalPartition", one => readers.Partitions.Read(one, null, static _ => "h", ObservationSource.Poll)),
            Xml($"{system}/VirtualIOServer", one => (readers.Partitions.Read(one, null, static _ => "h", ObservationSource.Poll), StorageReader.ReadMappings(one.Content))),
            Xml($"uom/LogicalPartition/{guest.Key}/ClientNetworkAdapter", one => (NetworkReader.Ethernet(one.Content, networks, Guid.Empty), NetworkReader.Dedicated(one.Content), NetworkReader.Sriov(one.Content))),
            Xml($"uom/VirtualIOServer/{vios.Key}/VolumeGroup", one => readers.Storage.ReadVolumeGroup(one, vios.Uuid, "v", "h")),
            Xml("uom/SharedStoragePool", one => readers.Storage.ReadPool(one)),
            Xml("uom/Group", one => GroupReader.Read([one])),
            Xml("templates/PartitionTemplate", one => readers.Images.Read(one)),
            Xml($"{system}/VirtualNetwork", one => readers.Networks.ReadNetwork(one, Guid.Empty, "h", new Dictionary<Guid, string>())),
            Xml(system, one => SystemReader.WithDetails(readers.Systems.ReadQuick(Encoding.UTF8.GetBytes(PlaceXml.Quick(estate.Systems[0])))[0], one.Content)),
            (XmlOut.Feed("i", null, "", [XmlOut.Entry("Event", "uom", "i", null, null, PlaceXml.Event(new Simulator.HmcEvent("MODIFY_URI", HmcEstate.Address(guest), "PartitionState"), 1, "r"), root: false)]), bytes => HmcObject.Read(bytes, "f", HmcEvent.Read)),
            (XmlOut.Entry("JobResponse", "web", "i", null, null, job.Xml(), root: true), bytes => HmcJob.Read(HmcXml.Parse(bytes, "f"))),
            (Reply.NotFound("/x").Body, bytes => HmcErrors.Explain(new HmcAnswer(HttpStatusCode.NotFound, null, bytes), "f", "h")),
            (Body("uom/ManagedSystem/quick/All"), bytes => Json(() => readers.Systems.ReadQuick(bytes))),
            ("3,2,1,ETHERNET0(Default),0,42DB5E000302\n3,3,4094,MGMTSWITCH,0,42DB5E000303\n", bytes => AdapterTable.Rows(Encoding.UTF8.GetString(bytes))),
        ];

        (string, Action<byte[]>) Xml<T>(string path, Func<HmcObject, T> read) => (Body(path), bytes => HmcObject.Read(bytes, "f", read));

        string Body(string path)
        {
            lock (estate.Gate)
                return reads.Answer(path.Split('/'), path, QueryCollection.Empty).Body is { Length: > 0 } body ? body : throw new InvalidOperationException($"{path} has no answer to mutate.");
        }
    }

    /// <summary>As the client reads JSON.</summary>
    private static void Json(Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new ProviderException(ProviderError.ProtocolViolation, e.Message, e);
        }
    }

    private static void Judge(string text, Action<byte[]> read)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            read(Encoding.UTF8.GetBytes(text));
        }
        catch (ProviderException e)
        {
            Assert.Equal(ProviderError.ProtocolViolation, e.Error);
        }
        catch (Exception e) when (e is not ProviderException)
        {
            Assert.Fail($"seed {Seed}: {e}\n{text}");
        }
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10), $"seed {Seed}: {text}");
    }

    private static string Mutate(Random random, string text)
    {
        for (var times = random.Next(1, 4); times > 0 && text.Length > 2; times--)
        {
            var (from, to) = (random.Next(text.Length), random.Next(text.Length));
            (from, to) = (Math.Min(from, to), Math.Max(from, to));
            text = random.Next(8) switch
            {
                0 => text[..to],
                1 => text[..to] + text[from..],
                2 => text[..from] + (char)random.Next(1, 0xD7FF) + text[(from + 1)..],
                3 => text.Remove(from, Math.Min(random.Next(1, 40), text.Length - from)),
                _ => WithValue(text, from, Values[random.Next(Values.Length)]),
            };
        }
        return text;
    }

    /// <summary>Puts another value where one is: the next after a place, of an element, an attribute or a field.</summary>
    private static string WithValue(string text, int from, string value)
    {
        var start = text.IndexOfAny(['>', '"', ':', ','], from) + 1;
        var end = start <= 0 ? -1 : text.IndexOfAny(['<', '"', ',', '\n'], start);
        return end < 0 ? text : text[..start] + value + text[end..];
    }
}
