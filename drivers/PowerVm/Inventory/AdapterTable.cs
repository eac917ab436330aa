using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Anyvisor.Driver;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm.Inventory;

/// <summary>
/// The virtual Ethernet adapters of a whole system in one table. The REST API has them only below each partition, a call
/// for each; the console's command line has them all at once, and the API runs it (<c>CLIRunner</c>). Where that is
/// refused (NovaLink, a user who may only look), the calls remain. Thread-safe.
/// </summary>
internal sealed partial class AdapterTable(HmcClient client, HmcJobs jobs)
{
    /// <summary>A job takes four calls and a moment: for so few partitions a call each is less.</summary>
    private const int WorthIt = 8;

    private const string Fields = "lpar_id,slot_num,port_vlan_id,vswitch,is_trunk,mac_addr";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private volatile HmcObject? _console;
    private volatile bool _refused;

    /// <summary>The nics of those partitions of a system that the table tells wholly; none where it can't be had.</summary>
    /// <param name="system">Whose they are.</param>
    /// <param name="partitions">All of them.</param>
    /// <param name="networks">Of that system, for the names.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    public async Task<IReadOnlyDictionary<Guid, ImmutableArray<Nic>>> ReadAsync(SystemDraft system, ImmutableArray<PartitionDraft> partitions, ImmutableArray<NetworkDraft> networks, CancellationToken cancellationToken)
    {
        var told = new Dictionary<Guid, ImmutableArray<Nic>>();
        // Other kinds of adapters are not in the table: those partitions are asked.
        var wanted = partitions.Where(partition => partition.Facts is { HasEthernet: true, HasDedicatedVnics: false, HasSriovPorts: false }).ToList();
        if (_refused || wanted.Count <= WorthIt || system.MachineType is not { } machine || !Machine().IsMatch(machine))
            return told;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            if (await ConsoleAsync(deadline.Token).ConfigureAwait(false) is not { } console)
                return told;
            (string, string)[] parameters = [("cmd", $"lshwres -r virtualio --rsubtype eth --level lpar -m {machine} -F {Fields}"), ("acknowledgeThisAPIMayGoAwayInTheFuture", "true")];
            var job = await jobs.RunAsync($"uom/ManagementConsole/{console:D}", "CLIRunner", parameters, $"listing the adapters of {system.Name}", null, deadline.Token).ConfigureAwait(false);
            var rows = Rows(job.Results.GetValueOrDefault("result") ?? "");
            foreach (var partition in wanted)
                if (rows.GetValueOrDefault(partition.Facts.PartitionId) is { } adapters && adapters.Count == partition.Facts.EthernetCount)
                    told[partition.Facts.Uuid] = [.. adapters.OrderBy(adapter => adapter.Slot).Select(adapter => NetworkReader.Ethernet(adapter, networks))];
        }
        catch (ProviderException e)
        {
            // What broke may work the next time; what was refused will be again.
            _refused |= e.Error is not (ProviderError.Unreachable or ProviderError.TimedOut or ProviderError.ProtocolViolation or ProviderError.AuthenticationFailed);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _refused = true; // A console that needs minutes for it is asked in small pieces.
        }
        return told;
    }

    /// <summary>The rows by partition id. A partition with a row that can't be read is not in it: half of its adapters would be wrong.</summary>
    internal static Dictionary<int, List<EthernetRow>> Rows(string text)
    {
        var rows = new Dictionary<int, List<EthernetRow>>();
        var broken = new HashSet<int>();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var cells = line.ToString().Split(',');
            if (!int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue; // "No results were found.", an empty line, or what belongs to no partition.
            if (cells is [_, _, _, _, "1", _])
                continue; // A VIOS's bridge to the outside: the API does not count it among its adapters either.
            if (Row(cells) is not { } row)
            {
                _ = broken.Add(id);
                continue;
            }
            if (!rows.TryGetValue(id, out var known))
                rows[id] = known = [];
            known.Add(row);
        }
        foreach (var id in broken)
            _ = rows.Remove(id);
        return rows;
    }

    private static EthernetRow? Row(string[] cells)
    {
        if (cells.Length != 6 || !int.TryParse(cells[1], NumberStyles.None, CultureInfo.InvariantCulture, out var slot) || !int.TryParse(cells[2], NumberStyles.None, CultureInfo.InvariantCulture, out var vlan))
            return null;
        // The first switch of a system is written with a mark: ETHERNET0(Default).
        var name = cells[3].EndsWith("(Default)", StringComparison.Ordinal) ? cells[3][..^"(Default)".Length] : cells[3];
        return MacAddress.TryParse(cells[5].Trim(), out var mac) && mac.Value != 0 ? new EthernetRow(slot, vlan, name, mac) : null;
    }

    private async Task<Guid?> ConsoleAsync(CancellationToken cancellationToken)
    {
        _console ??= (await client.ListAsync("uom/ManagementConsole", "reading which console this is", cancellationToken).ConfigureAwait(false)).FirstOrDefault();
        _refused |= _console?.Uuid is null;
        return _console?.Uuid;
    }

    /// <summary>It goes into a command line: type, model and serial number have nothing that could be more.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9]{4}-[A-Za-z0-9]{3}\*[A-Za-z0-9]{1,12}\z")]
    private static partial Regex Machine();
}

/// <summary>One virtual Ethernet adapter of the table.</summary>
internal sealed record EthernetRow(int Slot, int Vlan, string Switch, MacAddress Mac);
