using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Ssh;
using Anyvisor.Drivers.PowerVm.Consoles;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

/// <summary>A partition has one terminal, and one person at it: <c>mkvterm</c> on the console, over SSH.</summary>
internal sealed partial class Connection : IGuestConsole
{
    /// <summary>In which mkvterm says that it can't.</summary>
    private static readonly TimeSpan Opening = TimeSpan.FromSeconds(10);

    private bool HasConsole => _address.Settings.GetValueOrDefault("console", "ssh") != "none";

    public async Task<ImmutableArray<ConsoleInfo>> ListConsolesAsync(Guest guest, CancellationToken cancellationToken)
    {
        var now = await ReadAsync(guest.NativeId, cancellationToken).ConfigureAwait(false) ?? throw NoSuchGuest(guest.Name);
        var state = Judge(Verb.ConsoleSerial, now.Guest);
        return [new ConsoleInfo(ConsoleKind.Serial, state.Allowed, state.Reason)];
    }

    public async Task<Stream> OpenConsoleAsync(Guest guest, ConsoleKind kind, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(kind == ConsoleKind.Serial ? Verb.ConsoleSerial : Verb.ConsoleVnc, guest, cancellationToken).ConfigureAwait(false);
        var line = await SshClient.ConnectAsync(Target(), "ssh", cancellationToken).ConfigureAwait(false);
        try
        {
            string[] which = ["-m", now.Facts.SystemName, "--id", now.Facts.PartitionId.ToString(CultureInfo.InvariantCulture)];
            var process = await line.StartAsync(["mkvterm", .. which], terminal: true, cancellationToken).ConfigureAwait(false);
            var terminal = new VirtualTerminal(line, process, which);
            if (await terminal.RefusalAsync(Opening, _time, cancellationToken).ConfigureAwait(false) is not { } refusal)
                return terminal;
            var holder = await HolderAsync(line, now.Facts.PartitionId, cancellationToken).ConfigureAwait(false);
            throw new ProviderException(
                refusal.InUse ? ProviderError.Conflict : ProviderError.ProviderFault,
                refusal.InUse
                    ? $"The one terminal of '{now.Guest.Name}' is in use{(holder is null ? "" : $" by {holder}")}: end it there, or with: rmvterm -m {now.Facts.SystemName} --id {now.Facts.PartitionId}. The console says: {refusal.Said}"
                    : $"mkvterm ended at once: {refusal.Said}")
            {
                NativeCode = Wire.HmcErrors.CodeIn(refusal.Said) ?? "mkvterm",
                NativeMessage = refusal.Said,
            };
        }
        catch
        {
            await line.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Who runs mkvterm for this partition, as the console's process list says; null where it does not.</summary>
    private static async Task<string?> HolderAsync(SshClient line, int partition, CancellationToken cancellationToken)
    {
        var listed = await line.RunAsync(["ps", "-eo", "user,args"], ReadOnlyMemory<byte>.Empty, 1 << 20, cancellationToken).ConfigureAwait(false);
        var id = partition.ToString(CultureInfo.InvariantCulture);
        return listed.Output.Split('\n').Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(words => words.Any(word => word.EndsWith("mkvterm", StringComparison.Ordinal)) && words.Contains(id))?[0];
    }

    private SshTarget Target() =>
        new()
        {
            Host = _client.Root.IdnHost,
            Port = int.Parse(_address.Settings.GetValueOrDefault("console-port", "22"), CultureInfo.InvariantCulture),
            User = _address.Settings.GetValueOrDefault("console-user") ?? _address.User,
            Password = _address.Password,
            KeyFile = _address.Settings.GetValueOrDefault("key-file"),
            KnownHosts = _address.Settings.GetValueOrDefault("known-hosts"),
            Insecure = _address.Insecure,
        };
}
