using System.Collections.Immutable;
using System.Text.Json;
using Anyvisor.Driver;
using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Drivers.Zvm.Wire.Feilong;

namespace Anyvisor.Drivers.Zvm.Systems;

/// <summary>What the connector does.</summary>
internal sealed partial class FeilongSystem
{
    public Task StartAsync(string user, CancellationToken cancellationToken) => client.ActAsync(user, "start", $"starting {user}", cancellationToken);

    public Task StopAsync(string user, CancellationToken cancellationToken) => client.ActAsync(user, "stop", $"stopping {user}", cancellationToken);

    public Task ShutdownAsync(string user, CancellationToken cancellationToken) => client.ActAsync(user, "softstop", $"asking {user} to shut down", cancellationToken);

    public Task RebootAsync(string user, CancellationToken cancellationToken) => client.ActAsync(user, "reboot", $"asking {user} to restart", cancellationToken);

    public Task ResetAsync(string user, CancellationToken cancellationToken) => client.ActAsync(user, "reset", $"resetting {user}", cancellationToken);

    public Task PauseAsync(string user, CancellationToken cancellationToken) => client.ActAsync(user, "pause", $"pausing {user}", cancellationToken);

    public Task ResumeAsync(string user, CancellationToken cancellationToken) => client.ActAsync(user, "unpause", $"resuming {user}", cancellationToken);

    public Task SetCpusAsync(string user, int count, bool running, CancellationToken cancellationToken) =>
        client.ActAsync(user, running ? "live_resize_cpus" : "resize_cpus", $"giving {user} {count} processors", cancellationToken, json => json.WriteNumber("cpu_cnt", count));

    public Task SetMemoryAsync(string user, long bytes, bool running, CancellationToken cancellationToken) =>
        client.ActAsync(user, running ? "live_resize_mem" : "resize_mem", $"giving {user} {bytes >> 20} MiB", cancellationToken, json => json.WriteString("size", Mebibytes(bytes)));

    public Task DefineAsync(NewUser user, CancellationToken cancellationToken) =>
        client.ChangeAsync(HttpMethod.Post, "guests", json => Write(json, user), $"making the user {user.UserId}", cancellationToken);

    public async Task ConnectNicAsync(string user, string vdev, string network, CancellationToken cancellationToken)
    {
        var guest = Uri.EscapeDataString(user);
        await client.ChangeAsync(HttpMethod.Put, $"vswitches/{Uri.EscapeDataString(network)}", json =>
        {
            json.WriteStartObject("vswitch");
            json.WriteString("grant_userid", user);
            json.WriteEndObject();
        }, $"letting {user} onto {network}", cancellationToken).ConfigureAwait(false);
        if (!EntryReader.Read(await ReadEntryAsync(user, cancellationToken).ConfigureAwait(false)).Nics.Any(nic => nic.Vdev == vdev))
            await client.ChangeAsync(HttpMethod.Post, $"guests/{guest}/nic", json =>
            {
                json.WriteStartObject("nic");
                json.WriteString("vdev", vdev);
                json.WriteBoolean("active", false);
                json.WriteEndObject();
            }, $"making the adapter {vdev} of {user}", cancellationToken).ConfigureAwait(false);
        await client.ChangeAsync(HttpMethod.Put, $"guests/{guest}/nic/{vdev}", json =>
        {
            json.WriteStartObject("info");
            json.WriteBoolean("couple", true);
            json.WriteString("vswitch", network);
            json.WriteBoolean("active", false);
            json.WriteEndObject();
        }, $"coupling the adapter {vdev} of {user} to {network}", cancellationToken).ConfigureAwait(false);
    }

    public Task DeleteAsync(string user, CancellationToken cancellationToken) =>
        client.ChangeAsync(HttpMethod.Delete, $"guests/{Uri.EscapeDataString(user)}", null, $"deleting {user}", cancellationToken);

    public async Task<ImmutableArray<string>> TestRelocationAsync(string user, string member, string? connector, CancellationToken cancellationToken)
    {
        try
        {
            await RelocateAsync("test", user, member, connector, cancellationToken).ConfigureAwait(false);
            return [];
        }
        catch (ProviderException e) when (e.Error is ProviderError.Conflict or ProviderError.ProviderFault or ProviderError.InvalidArgument)
        {
            return [e.NativeMessage is { Length: > 0 } told ? told : e.Message];
        }
    }

    public Task RelocateAsync(string user, string member, string? connector, CancellationToken cancellationToken) =>
        RelocateAsync("move", user, member, connector, cancellationToken);

    /// <summary>Lays an image onto the user's first disk. Takes minutes.</summary>
    internal Task DeployAsync(string user, string image, string hostname, CancellationToken cancellationToken) =>
        client.ActAsync(user, "deploy", $"laying the image {image} onto the disk of {user}", cancellationToken, json =>
        {
            json.WriteString("image", image);
            json.WriteString("vdev", "0100");
            json.WriteString("hostname", hostname);
        });

    /// <summary>Shuts the user down, copies its root disk, and starts it again. Takes minutes.</summary>
    internal Task CaptureAsync(string user, string image, CancellationToken cancellationToken) =>
        client.ActAsync(user, "capture", $"capturing {user} as {image}", cancellationToken, json =>
        {
            json.WriteString("image", image);
            json.WriteString("capture_type", "rootonly");
        });

    internal Task DeleteImageAsync(string image, CancellationToken cancellationToken) =>
        client.ChangeAsync(HttpMethod.Delete, $"images/{Uri.EscapeDataString(image)}", null, $"deleting the image {image}", cancellationToken);

    /// <summary>What the user's console has shown so far.</summary>
    internal async Task<string> ReadConsoleAsync(string user, CancellationToken cancellationToken) =>
        FeilongJson.Text((await client.ActAsync(user, "get_console_output", $"reading the console of {user}", cancellationToken).ConfigureAwait(false)).Output) ?? "";

    /// <summary>Puts a user of the directory under this connector, with the adapters that it has.</summary>
    internal Task RegisterAsync(string user, CancellationToken cancellationToken) =>
        client.ActAsync(user, "register_vm", $"registering {user}", cancellationToken, json =>
        {
            json.WriteString("meta", "");
            json.WriteString("net_set", "1");
        });

    internal Task DeregisterAsync(string user, CancellationToken cancellationToken) =>
        client.ActAsync(user, "deregister_vm", $"deregistering {user}", cancellationToken);

    private Task<FeilongReply> RelocateAsync(string operation, string user, string member, string? connector, CancellationToken cancellationToken) =>
        client.ActAsync(user, "live_migrate_vm", $"{(operation == "test" ? "testing whether" : "relocating")} {user} {(operation == "test" ? "can go " : "")}to {member}", cancellationToken, json =>
        {
            if (connector is not null)
                json.WriteString("dest_zcc_userid", connector);
            json.WriteString("destination", member);
            json.WriteStartObject("parms");
            json.WriteEndObject();
            json.WriteString("operation", operation);
        });

    private static void Write(Utf8JsonWriter json, NewUser user)
    {
        json.WriteStartObject("guest");
        json.WriteString("userid", user.UserId);
        json.WriteNumber("vcpus", user.Vcpus);
        json.WriteNumber("memory", user.Memory >> 20);
        json.WriteStartArray("disk_list");
        json.WriteStartObject();
        json.WriteString("size", Gibibytes(user.Disk));
        json.WriteBoolean("is_boot_disk", true);
        if (user.Pool is not null)
            json.WriteString("disk_pool", user.Pool);
        json.WriteEndObject();
        json.WriteEndArray();
        if (user.Profile is not null)
            json.WriteString("user_profile", user.Profile);
        json.WriteNumber("max_cpu", user.MaxVcpus);
        json.WriteString("max_mem", Mebibytes(user.MaxMemory));
        json.WriteStartArray("comments");
        json.WriteStringValue(EntryReader.Mark + user.Task);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Gibibytes(long bytes) => bytes % (1L << 30) == 0 ? Whole(bytes >> 30) + "g" : Whole((bytes + (1 << 20) - 1) >> 20) + "m";
}
