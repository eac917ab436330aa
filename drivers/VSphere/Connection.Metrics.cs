using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere;

/// <summary>The performance manager's real-time counters, of many guests in one call.</summary>
internal sealed partial class Connection : IGuestMetrics
{
    private const int GuestsInACall = 64;

    /// <summary>How long real-time samples are, in seconds.</summary>
    private const int RealTime = 20;

    private ImmutableDictionary<int, string>? _counters;

    public async Task<ImmutableDictionary<NativeId, GuestMetrics>> ReadMetricsAsync(ImmutableArray<NativeId> guests, CancellationToken cancellationToken)
    {
        var counters = _counters ??= await CountersAsync(cancellationToken).ConfigureAwait(false);
        var known = new Dictionary<string, GuestRecord>();
        foreach (var id in guests)
            if ((Estate.Shown(id) ?? await ReadAsync(id, cancellationToken).ConfigureAwait(false)) is { } record)
                known[record.Self.Value] = record;
        var read = ImmutableDictionary.CreateBuilder<NativeId, GuestMetrics>();
        foreach (var some in known.Values.Chunk(GuestsInACall))
        {
            var call = SoapCall.Read("QueryPerf", _client.Content.PerfManager, "reading counters", writer =>
            {
                foreach (var record in some)
                    writer.Inside("querySpec", null, spec => Ask(spec, record, counters));
            });
            foreach (var (entity, samples) in await _client.CallAsync(call, ReadSamples, cancellationToken).ConfigureAwait(false))
                if (known.TryGetValue(entity, out var record))
                    read[record.NativeId] = Metrics(record, samples, counters);
        }
        return read.ToImmutable();
    }

    private static void Ask(XmlWriter spec, GuestRecord record, ImmutableDictionary<int, string> counters)
    {
        spec.Ref("entity", record.Self);
        spec.Number("maxSample", 1);
        foreach (var counter in counters.Keys)
            spec.Inside("metricId", null, metric =>
            {
                metric.Number("counterId", counter);
                metric.Text("instance", "");
            });
        spec.Number("intervalId", RealTime);
    }

    private GuestMetrics Metrics(GuestRecord record, Samples samples, ImmutableDictionary<int, string> counters)
    {
        var values = new Dictionary<string, long>();
        foreach (var (counter, value) in samples.Values)
            if (value >= 0 && counters.TryGetValue(counter, out var name))
                values[name] = value;
        return new GuestMetrics
        {
            At = samples.At ?? _time.GetUtcNow().UtcDateTime,
            CpuUsage = Value("cpu.usage") is { } hundredths ? hundredths / 10_000.0 * record.Hardware.Cpus : null,
            MemoryUsed = Value("mem.active") * 1024,
            MemoryResident = Value("mem.consumed") * 1024,
            DiskReadBytes = Value("disk.read") * 1024,
            DiskWriteBytes = Value("disk.write") * 1024,
            NetworkReceiveBytes = Value("net.received") * 1024,
            NetworkTransmitBytes = Value("net.transmitted") * 1024,
        };

        long? Value(string name) => values.TryGetValue(name, out var value) ? value : null;
    }

    /// <summary>The numbers that this system has given the counters that we read, once a connection.</summary>
    private async Task<ImmutableDictionary<int, string>> CountersAsync(CancellationToken cancellationToken)
    {
        var sink = new CounterSink();
        await _client.RetrieveAsync(new FilterSpec([("PerformanceManager", ["perfCounter"])], [_client.Content.PerfManager]), sink, "reading which counters there are", cancellationToken).ConfigureAwait(false);
        return sink.Counters.ToImmutable();
    }

    private static List<(string Entity, Samples Samples)> ReadSamples(XmlReader response)
    {
        var all = new List<(string, Samples)>();
        var answer = response.Enter();
        while (response.NextChild(answer))
        {
            var (entity, samples) = ("", new Samples());
            var metric = response.Enter();
            while (response.NextChild(metric))
                switch (response.LocalName)
                {
                    case "entity":
                        entity = response.Ref().Value;
                        break;
                    case "sampleInfo":
                        samples.At = ReadTime(response);
                        break;
                    case "value":
                        ReadSeries(response, samples);
                        break;
                    default:
                        response.Skip();
                        break;
                }
            all.Add((entity, samples));
        }
        return all;
    }

    private static DateTime? ReadTime(XmlReader reader)
    {
        DateTime? at = null;
        var info = reader.Enter();
        while (reader.NextChild(info))
            if (reader.LocalName == "timestamp")
                at = reader.Time();
            else
                reader.Skip();
        return at;
    }

    private static void ReadSeries(XmlReader reader, Samples samples)
    {
        var (counter, value) = (0, -1L);
        var series = reader.Enter();
        while (reader.NextChild(series))
            switch (reader.LocalName)
            {
                case "id":
                    var id = reader.Enter();
                    while (reader.NextChild(id))
                        if (reader.LocalName == "counterId")
                            counter = reader.Number();
                        else
                            reader.Skip();
                    break;
                case "value":
                    value = long.Parse(reader.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        samples.Values.Add((counter, value));
    }

    private sealed class Samples
    {
        public DateTime? At { get; set; }
        public List<(int Counter, long Value)> Values { get; } = [];
    }

    /// <summary>Finds the counters that we read among the hundreds that there are.</summary>
    private sealed class CounterSink : PropertySink
    {
        private static readonly HashSet<string> Wanted = ["cpu.usage", "mem.active", "mem.consumed", "disk.read", "disk.write", "net.received", "net.transmitted"];

        public ImmutableDictionary<int, string>.Builder Counters { get; } = ImmutableDictionary.CreateBuilder<int, string>();

        public override void Begin(MoRef self) { }

        public override void Set(string path, XmlReader value)
        {
            var array = value.Enter();
            while (value.NextChild(array))
                ReadOne(value);
        }

        public override void Unset(string path) { }

        private void ReadOne(XmlReader reader)
        {
            var (key, name, group, rollup) = (0, "", "", "");
            var counter = reader.Enter();
            while (reader.NextChild(counter))
                switch (reader.LocalName)
                {
                    case "key":
                        key = reader.Number();
                        break;
                    case "nameInfo":
                        name = Key(reader);
                        break;
                    case "groupInfo":
                        group = Key(reader);
                        break;
                    case "rollupType":
                        rollup = reader.Text();
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            if (rollup == "average" && Wanted.Contains($"{group}.{name}"))
                Counters[key] = $"{group}.{name}";
        }

        private static string Key(XmlReader reader)
        {
            var key = "";
            var info = reader.Enter();
            while (reader.NextChild(info))
                if (reader.LocalName == "key")
                    key = reader.Text();
                else
                    reader.Skip();
            return key;
        }
    }
}
