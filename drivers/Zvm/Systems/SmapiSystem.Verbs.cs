using System.Collections.Immutable;
using System.Globalization;
using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Drivers.Zvm.Wire.Smapi;

namespace Anyvisor.Drivers.Zvm.Systems;

/// <summary>What the management API does.</summary>
internal sealed partial class SmapiSystem
{
    private const int OperationStarted = 592;
    private static readonly TimeSpan OperationPoll = TimeSpan.FromSeconds(1);

    public Task StartAsync(string user, CancellationToken cancellationToken) => DoAsync("Image_Activate", user, null, $"starting {user}", cancellationToken);

    public Task StopAsync(string user, CancellationToken cancellationToken) => DoAsync("Image_Deactivate", user, parameters => parameters.Text("IMMED"), $"stopping {user}", cancellationToken);

    /// <summary>The signal, and the end by force when it has not ended after so many seconds.</summary>
    public Task ShutdownAsync(string user, CancellationToken cancellationToken) => DoAsync("Image_Deactivate", user, parameters => parameters.Text("WITHIN 300"), $"asking {user} to shut down", cancellationToken);

    public Task RebootAsync(string user, CancellationToken cancellationToken) => ResetAsync(user, cancellationToken);

    public Task ResetAsync(string user, CancellationToken cancellationToken) => DoAsync("Image_Recycle", user, null, $"restarting {user}", cancellationToken);

    public Task PauseAsync(string user, CancellationToken cancellationToken) => DoAsync("Image_Pause", user, parameters => parameters.Pair("action", "PAUSE"), $"pausing {user}", cancellationToken);

    public Task ResumeAsync(string user, CancellationToken cancellationToken) => DoAsync("Image_Pause", user, parameters => parameters.Pair("action", "UNPAUSE"), $"resuming {user}", cancellationToken);

    public async Task SetCpusAsync(string user, int count, bool running, CancellationToken cancellationToken)
    {
        await ReplaceAsync(user, lines => EntryWriter.WithCpus(lines, count), cancellationToken).ConfigureAwait(false);
        if (!running)
            return;
        var active = SmapiOutputs.Cpus(await AskAsync("Image_CPU_Query", user, null, $"reading the processors of {user}", cancellationToken).ConfigureAwait(false), "Image_CPU_Query").Select(cpu => cpu.Number).ToHashSet();
        for (var cpu = 0; cpu < count; cpu++)
            if (!active.Contains(cpu))
            {
                var address = cpu.ToString("X2", CultureInfo.InvariantCulture);
                await DoAsync("Image_CPU_Define", user, parameters => parameters.Text(address).Int1(0), $"giving {user} processor {address}", cancellationToken).ConfigureAwait(false);
            }
    }

    public Task SetMemoryAsync(string user, long bytes, bool running, CancellationToken cancellationToken) =>
        ReplaceAsync(user, lines => EntryWriter.WithMemory(lines, bytes), cancellationToken);

    public async Task DefineAsync(NewUser user, CancellationToken cancellationToken)
    {
        var lines = EntryWriter.New(user);
        await OperationAsync("Image_Create_DM", user.UserId, parameters => parameters.Text("").Text("").Text("").Array(lines), $"making the user {user.UserId}", cancellationToken).ConfigureAwait(false);
        if (user.Disk <= 0)
            return;
        var (type, unit, size) = user.Pool?.StartsWith("FBA", StringComparison.OrdinalIgnoreCase) == true ? ("9336", (byte)2, user.Disk / Sizes.Block) : ("3390", (byte)1, (user.Disk + Sizes.Cylinder - 1) / Sizes.Cylinder);
        var pool = user.Pool is { } given ? given[(given.IndexOf(':', StringComparison.Ordinal) + 1)..] : "POOL1";
        await OperationAsync("Image_Disk_Create_DM", user.UserId, parameters => parameters
            .Text("0100").Text(type).Text("AUTOG").Text(pool).Int1(unit).Int4((int)Math.Min(size, int.MaxValue)).Text("MR").Int1(0).Text("").Text("").Text("").Text(""),
            $"making the minidisk of {user.UserId}", cancellationToken).ConfigureAwait(false);
    }

    public async Task ConnectNicAsync(string user, string vdev, string network, CancellationToken cancellationToken)
    {
        await DoAsync("Virtual_Network_Adapter_Create_DM", user, parameters => parameters.Text(vdev).Int1(2).Int4(3).Text("").Text(""), $"making the adapter {vdev} of {user}", cancellationToken, (404, 4)).ConfigureAwait(false);
        await DoAsync("Virtual_Network_Adapter_Connect_Vswitch_DM", user, parameters => parameters.Text(vdev).Text(network), $"connecting the adapter {vdev} of {user} to {network}", cancellationToken).ConfigureAwait(false);
    }

    public Task DeleteAsync(string user, CancellationToken cancellationToken) =>
        OperationAsync("Image_Delete_DM", user, parameters => parameters.Int1(0), $"deleting {user}", cancellationToken);

    public async Task<ImmutableArray<string>> TestRelocationAsync(string user, string member, string? connector, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync("VMRELOCATE", user, parameters => parameters.Pair("destination", member).Pair("action", "TEST"), cancellationToken).ConfigureAwait(false);
        return reply.Succeeded ? []
            : (reply.ReturnCode, reply.ReasonCode) is (4 or 8, >= 3000 and < 3100) ? ["HCP " + reply.Words("VMRELOCATE")]
            : throw client.Failure(reply, "VMRELOCATE", user, $"testing whether {user} can go to {member}");
    }

    public Task RelocateAsync(string user, string member, string? connector, CancellationToken cancellationToken) =>
        DoAsync("VMRELOCATE", user, parameters => parameters.Pair("destination", member).Pair("action", "MOVE"), $"relocating {user} to {member}", cancellationToken);

    private async Task DoAsync(string function, string target, Action<SmapiWriter>? parameters, string what, CancellationToken cancellationToken, params (int Rc, int Rs)[] fine)
    {
        var reply = await client.SendAsync(function, target, parameters, cancellationToken).ConfigureAwait(false);
        if (!reply.Succeeded && !fine.Contains((reply.ReturnCode, reply.ReasonCode)))
            throw client.Failure(reply, function, target, what);
    }

    /// <summary>Locks the entry, changes its lines, and unlocks it whatever happens.</summary>
    private async Task ReplaceAsync(string user, Func<ImmutableArray<string>, ImmutableArray<string>> change, CancellationToken cancellationToken)
    {
        await DoAsync("Image_Lock_DM", user, parameters => parameters.Text(""), $"locking the directory entry of {user}", cancellationToken).ConfigureAwait(false);
        try
        {
            var lines = change(await ReadEntryAsync(user, cancellationToken).ConfigureAwait(false));
            await DoAsync("Image_Replace_DM", user, parameters => parameters.Array(lines), $"changing the directory entry of {user}", cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The lock is ours to give back even when time is over.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await client.SendAsync("Image_Unlock_DM", user, parameters => parameters.Text(""), patience.Token).ConfigureAwait(false);
        }
    }

    /// <summary>What the directory manager does in its own time: waits for it.</summary>
    private async Task OperationAsync(string function, string target, Action<SmapiWriter> parameters, string what, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync(function, target, parameters, cancellationToken).ConfigureAwait(false);
        if (reply.ReturnCode != OperationStarted)
        {
            if (!reply.Succeeded)
                throw client.Failure(reply, function, target, what);
            return;
        }
        var operation = reply.ReasonCode != 0 ? reply.ReasonCode : reply.Read(function).Int4();
        while (true)
        {
            var state = await client.QueryAsync("Query_Asynchronous_Operation_DM", target, parameters => parameters.Int4(operation), cancellationToken).ConfigureAwait(false);
            if ((state.ReturnCode, state.ReasonCode) is (0, 0 or 100))
                return;
            if ((state.ReturnCode, state.ReasonCode) is not (0, 104))
                throw client.Failure(state, function, target, what);
            await Task.Delay(OperationPoll, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }
}
