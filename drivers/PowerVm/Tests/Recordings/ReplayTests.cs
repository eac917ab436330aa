using System.Collections.Immutable;
using System.Net;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Drivers.Conformance;
using Anyvisor.Model;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Anyvisor.Simulation.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Drivers.PowerVm.Tests.Recordings;

/// <summary>The whole driver against a console that answers what a real one answered.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task A_recorded_estate_comes_in_whole()
    {
        var replies = Recording.Session(Path.Combine(Recording.Folder(), "miq-hmc", "refresher.http.json"));
        await using var server = await ReplayAsync(replies);
        var address = new ProviderAddress { Provider = "rec", Url = $"http://127.0.0.1:{server.Endpoint.Port}", User = "u", Password = new Secret("p") };
        await using var connection = await new Plugin().ConnectAsync(address, DriverBed.Context, TestContext.Current.CancellationToken);
        await using var watch = new WatchReader(connection);
        await watch.ListedAsync();
        var (guests, hosts) = (watch.All<Guest>(), watch.All<Host>());
        // One of the four is not connected: only the quick list has it.
        Assert.Equal((4, 3), (hosts.Count, hosts.Count(host => host.State == HostState.Up)));
        Assert.All(hosts.Where(host => host.State == HostState.Up), host => Assert.True(host is { Memory: > 0, Cores: > 0, FreeMemory: not null } && host.Model is not null, host.Name));
        Assert.Equal(Count(replies, "/LogicalPartition?", "<PartitionUUID") + Count(replies, "VirtualIOServer?", "<PartitionUUID"), guests.Count);
        Assert.All(guests, guest => Assert.True(guest.Power != PowerState.Unknown && guest is { Vcpus: > 0, Memory: > 0 } && hosts.Any(host => host.Name == guest.Host), guest.Name));
        Assert.All(guests.Where(guest => !guest.Service), guest => Assert.True(guest.Nics.Length > 0, guest.Name));
        Assert.Contains(guests, guest => guest.Disks.Any(disk => disk is { Bus: "vscsi", Capacity: > 0 }));
        Assert.Contains(guests, guest => guest.Disks.Any(disk => disk.Bus == "npiv"));
        Assert.Contains(guests, guest => guest.Tags.ContainsKey("group.mon_groupe"));
        Assert.Contains(guests, guest => guest.Addresses.Length > 0);
        Assert.Contains(watch.All<Datastore>(), store => store is { Name: "SSP_1", Capacity: > 0 });
        Assert.NotEmpty(watch.All<Image>());
        Assert.NotEmpty(watch.All<Network>());
        Assert.All(watch.Now.Where(seen => seen.Object is Guest), seen => Assert.False(seen.Native.IsEmpty));
    }

    private static int Count(List<RecordedReply> replies, string path, string what) =>
        replies.Where(reply => reply.Path.Contains(path, StringComparison.Ordinal)).Sum(reply => reply.Body.Split(what).Length - 1);

    /// <summary>Plain HTTP on loopback, as NovaLink has it. What was not recorded is not there; events never come.</summary>
    private static Task<HttpSimulation> ReplayAsync(List<RecordedReply> replies)
    {
        var by = replies.GroupBy(reply => $"{reply.Method} {reply.Path}").ToImmutableDictionary(same => same.Key, same => same.Last());
        var options = new SimulationOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Hosts = 0, Guests = 0, Loggers = NullLoggerFactory.Instance };
        return HttpSimulation.StartAsync(options, null, new FaultDice(FaultPlan.None, 1), AnswerAsync, TestContext.Current.CancellationToken);

        async Task AnswerAsync(HttpContext context)
        {
            var path = context.Request.Path + context.Request.QueryString.ToString();
            if (path.StartsWith("/rest/api/uom/Event", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, context.RequestAborted);
                context.Response.StatusCode = 204;
                return;
            }
            var found = by.GetValueOrDefault($"{context.Request.Method} {path}");
            context.Response.StatusCode = found?.Status ?? 404;
            if (found is null || found.Body.Length == 0)
                return;
            context.Response.ContentType = found.ContentType;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(found.Body.TrimStart()), context.RequestAborted);
        }
    }
}
