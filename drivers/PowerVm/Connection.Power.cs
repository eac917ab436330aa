using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.PowerVm.Inventory;
using Anyvisor.Drivers.PowerVm.Wire;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

internal sealed partial class Connection : IGuestStartSettings, IGuestShutdown, IGuestReset
{
    /// <summary>In which a console refuses what it will not do.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(4);

    /// <summary>In which a partition's state follows a job that is done.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    public Task StartAsync(Guest guest, CancellationToken cancellationToken) => StartAsync(guest, ImmutableDictionary<string, string>.Empty, cancellationToken);

    public async Task StartAsync(Guest guest, ImmutableDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Start, guest, cancellationToken).ConfigureAwait(false);
        var parameters = StartSettings.Parameters(settings, now.Guest, now.Facts.Kind);
        if (settings.TryGetValue(StartSettings.Profile, out var profile))
            parameters.Add(("LogicalPartitionProfile", await ProfileAsync(now, profile, cancellationToken).ConfigureAwait(false)));
        await ToPowerAsync(now, "PowerOn", parameters, "starting", on: true, cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync(Guest guest, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Stop, guest, cancellationToken).ConfigureAwait(false);
        await ToPowerAsync(now, "PowerOff", Off("shutdown", immediate: true, restart: false), "stopping", on: false, cancellationToken).ConfigureAwait(false);
    }

    public async Task ResetAsync(Guest guest, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(Verb.Reset, guest, cancellationToken).ConfigureAwait(false);
        await ToPowerAsync(now, "PowerOff", Off("shutdown", immediate: true, restart: true), "resetting", on: true, cancellationToken).ConfigureAwait(false);
    }

    public Task ShutdownAsync(Guest guest, CancellationToken cancellationToken) => AskAsync(Verb.Shutdown, guest, restart: false, cancellationToken);

    public Task RebootAsync(Guest guest, CancellationToken cancellationToken) => AskAsync(Verb.Reboot, guest, restart: true, cancellationToken);

    /// <summary>Through its operating system where that is monitored. IBM i can be asked by the hypervisor too, and ends its jobs in order.</summary>
    private async Task AskAsync(Verb verb, Guest guest, bool restart, CancellationToken cancellationToken)
    {
        var now = await RequireAsync(verb, guest, cancellationToken).ConfigureAwait(false);
        var operation = now.Facts.Monitored == true ? "osshutdown" : "shutdown";
        var what = $"{(restart ? "rebooting" : "shutting down")} the partition '{now.Guest.Name}'";
        await _jobs.DeliverAsync(now.Facts.Path, "PowerOff", Off(operation, immediate: false, restart), what, Moment, cancellationToken).ConfigureAwait(false);
        _watch.Poke(dirt => dirt.Partition(now.Facts.Uuid, nics: false));
    }

    private async Task ToPowerAsync(PartitionDraft now, string operation, List<(string, string)> parameters, string doing, bool on, CancellationToken cancellationToken)
    {
        var what = $"{doing} the partition '{now.Guest.Name}'";
        _ = await _jobs.RunAsync(now.Facts.Path, operation, parameters, what, null, cancellationToken).ConfigureAwait(false);
        // The job's word is not enough: what counts is the partition's.
        var began = _time.GetTimestamp();
        for (var wait = 50; ; wait = Math.Min(wait * 2, 1000))
        {
            var after = await ReadAsync(now.Guest.NativeId, cancellationToken).ConfigureAwait(false) ?? throw NoSuchGuest(now.Guest.Name);
            _watch.Poke(dirt => dirt.Partition(now.Facts.Uuid, nics: false));
            if (on ? after.Guest.Power == PowerState.On : after.Guest.Power == PowerState.Off)
                return;
            if (_time.GetElapsedTime(began) > Settling)
                throw new ProviderException(ProviderError.ProviderFault, $"The console says that {what} is done, and shows it as '{after.Guest.Raw}': look at its reference codes") { NativeCode = "COMPLETED_OK" };
            await Task.Delay(TimeSpan.FromMilliseconds(wait), _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string> ProfileAsync(PartitionDraft partition, string name, CancellationToken cancellationToken)
    {
        var profiles = await _client.ListAsync($"{partition.Facts.Path}/LogicalPartitionProfile", $"listing the profiles of '{partition.Guest.Name}'", cancellationToken).ConfigureAwait(false);
        var found = profiles.FirstOrDefault(profile => profile.Content.Text("ProfileName") == name || string.Equals(profile.Id, name, StringComparison.OrdinalIgnoreCase));
        return found?.Id ?? throw new ProviderException(
            ProviderError.InvalidArgument,
            $"'{partition.Guest.Name}' has no profile '{name}': it has {(profiles.Count == 0 ? "none" : string.Join(", ", profiles.Select(profile => profile.Content.Text("ProfileName"))))}");
    }

    private static List<(string, string)> Off(string operation, bool immediate, bool restart) =>
        [("operation", operation), ("immediate", immediate ? "true" : "false"), ("restart", restart ? "true" : "false")];
}
