using Anyvisor.Drivers.Libvirt.Wire;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

/// <summary>
/// Against the real daemon that ./test brings up: ANYVISOR_TEST_LIBVIRT_SOCKET is its unix socket,
/// ANYVISOR_TEST_LIBVIRT_URI its TCP and ANYVISOR_TEST_LIBVIRT_TLS_URI its TLS line.
/// </summary>
public sealed class LiveTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ANYVISOR_TEST_LIBVIRT_SOCKET")]
    [InlineData("ANYVISOR_TEST_LIBVIRT_URI")]
    [InlineData("ANYVISOR_TEST_LIBVIRT_TLS_URI")]
    public async Task The_host_answers_on_every_kind_of_line(string variable)
    {
        var given = Bed(variable);
        await using var client = await ConnectAsync(given.StartsWith('/') ? $"qemu+unix:///system?socket={given}" : given);

        var host = await client.NodeGetInfoAsync(Cancel);

        Assert.Equal("QEMU", await client.ConnectGetTypeAsync(Cancel));
        Assert.Equal("qemu:///system", await client.ConnectGetUriAsync(Cancel));
        Assert.InRange(host.Memory, 1u, ulong.MaxValue);
        Assert.InRange(await client.ConnectGetLibVersionAsync(Cancel), 1_003_003u, ulong.MaxValue);
        Assert.StartsWith("<capabilities>", await client.ConnectGetCapabilitiesAsync(Cancel), StringComparison.Ordinal);
        Assert.Contains(await client.GetNodeCpuStatsAsync(-1, Cancel), s => s.Field == "idle");
        Assert.Contains(await client.GetNodeMemoryStatsAsync(-1, Cancel), s => s is { Field: "total", Value: > 0 });
    }

    [Fact]
    public async Task The_life_of_a_test_guest_is_seen_in_calls_stats_and_events()
    {
        await using var client = await ConnectAsync(TestDriver());
        var name = "life-" + Guid.NewGuid().ToString("N")[..8];
        var kinds = await client.SubscribeAsync(Enum.GetValues<DomainEventId>(), Cancel);
        Assert.Contains(DomainEventId.Lifecycle, kinds);

        var guest = await client.DomainDefineXmlFlagsAsync(
            $"<domain type='test'><name>{name}</name><memory>65536</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain>", 0, Cancel);
        var started = await client.DomainCreateWithFlagsAsync(guest, 0, Cancel);
        Assert.True(started.Id > 0);
        Assert.Equal(guest.Uuid, (await client.DomainLookupByNameAsync(name, Cancel)).Uuid);
        Assert.Equal(started, await client.DomainLookupByUuidAsync(guest.Uuid, Cancel));
        Assert.Contains((await client.ListDomainsAsync(Cancel)).Domains, d => d.Uuid == guest.Uuid);
        Assert.Contains($"<name>{name}</name>", await client.DomainGetXmlDescAsync(guest, 0, Cancel), StringComparison.Ordinal);
        Assert.Equal(1, (await client.DomainGetStateAsync(guest, 0, Cancel)).State);
        var stats = (await client.GetAllStatsAsync(DomainStatsGroups.State, Cancel)).Single(s => s.Domain.Uuid == guest.Uuid);
        Assert.Equal(1, stats.Params.Find("state.state")?.AsLong());
        await client.DomainDestroyFlagsAsync(guest, 0, Cancel);
        await client.DomainUndefineFlagsAsync(guest, 0, Cancel);

        // Defined, started, stopped, undefined: virDomainEventType 0, 2, 5, 1.
        var seen = await client.ReadEventsAsync(Cancel).OfType<DomainLifecycleEvent>().Where(e => e.Domain.Uuid == guest.Uuid).Take(4).ToListAsync(Cancel);
        Assert.Equal([0, 2, 5, 1], seen.Select(e => e.Event));
        var gone = await Assert.ThrowsAsync<LibvirtException>(() => client.DomainLookupByNameAsync(name, Cancel));
        Assert.Equal(LibvirtErrorCode.NoDomain, gone.Code);
    }

    [Fact]
    public async Task Calls_that_overlap_are_all_answered()
    {
        await using var client = await ConnectAsync(TestDriver());
        var guest = await client.DomainLookupByNameAsync("test", Cancel);

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => client.DomainGetXmlDescAsync(guest, 0, Cancel)));

        Assert.All(answers, xml => Assert.Contains("<name>test</name>", xml, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_volume_goes_up_and_down_with_its_holes()
    {
        var socket = Bed("ANYVISOR_TEST_LIBVIRT_SOCKET");
        using var folder = new TemporaryFolder();
        await using var client = await ConnectAsync($"qemu+unix:///system?socket={socket}");
        var pool = await client.StoragePoolCreateXmlAsync(
            $"<pool type='dir'><name>{Path.GetFileName(folder.Path)}</name><target><path>{folder.Path}</path></target></pool>", 0, Cancel);
        try
        {
            const long Gap = 32 * 1024 * 1024;
            var head = Noise(700_000);
            var tail = Noise(4096);
            var size = head.Length + Gap + tail.Length;
            var volume = await client.StorageVolCreateXmlAsync(
                pool, $"<volume><name>disk</name><capacity>{size}</capacity><allocation>0</allocation><target><format type='raw'/></target></volume>", 0, Cancel);

            await using (var upload = await client.UploadAsync(volume, 0, 0, Cancel))
            {
                await upload.WriteAsync(head, Cancel);
                await upload.WriteHoleAsync(Gap, Cancel);
                await upload.WriteAsync(tail, Cancel);
                await upload.FinishAsync(Cancel);
            }
            var (content, holes) = await DownloadAsync(client, volume);

            Assert.Equal(size, content.LongLength);
            Assert.Equal(head, content[..head.Length]);
            Assert.Equal(tail, content[^tail.Length..]);
            Assert.Equal(-1, content.AsSpan(head.Length, (int)Gap).IndexOfAnyExcept((byte)0));
            Assert.InRange(holes, Gap / 2, Gap);
            Assert.Equal(folder["disk"], await client.StorageVolGetPathAsync(volume, Cancel));
        }
        finally
        {
            await client.StoragePoolDestroyAsync(pool, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_daemon_of_another_CA_is_not_trusted_and_its_fingerprint_is_told()
    {
        using var folder = new TemporaryFolder();
        await ThrowAwayAuthority.WriteAsync(folder["cacert.pem"]);

        var refused = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(TlsUri(folder.Path)));

        Assert.Equal(LibvirtFailure.HostIdentity, refused.Failure);
        Assert.Contains("SHA-256 fingerprint", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_client_certificate_is_named()
    {
        using var folder = new TemporaryFolder();
        var known = LibvirtUri.Parse(Bed("ANYVISOR_TEST_LIBVIRT_TLS_URI")).PkiPath!;
        File.Copy(Path.Combine(known, "cacert.pem"), folder["cacert.pem"]);

        var refused = await Assert.ThrowsAsync<LibvirtException>(() => ConnectAsync(TlsUri(folder.Path)));

        Assert.Equal(LibvirtFailure.Authentication, refused.Failure);
        Assert.Contains("client certificate", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<(byte[] Content, long Holes)> DownloadAsync(LibvirtClient client, VolumeRef volume)
    {
        using var content = new MemoryStream();
        var holes = 0L;
        await using var download = await client.DownloadAsync(volume, 0, 0, Cancel);
        await foreach (var piece in download.ReadAsync(Cancel))
        {
            content.Write(piece.Data.Span);
            content.SetLength(content.Position += piece.Hole);
            holes += piece.Hole;
        }
        return (content.ToArray(), holes);
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static string TestDriver() => $"test+unix:///default?socket={Bed("ANYVISOR_TEST_LIBVIRT_SOCKET")}";

    private static string TlsUri(string pkiPath) => Bed("ANYVISOR_TEST_LIBVIRT_TLS_URI").Split('?')[0] + "?pkipath=" + pkiPath;

    private static string Bed(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        Assert.SkipWhen(string.IsNullOrEmpty(value), $"{variable} is not set: ./test brings a libvirt host up");
        return value!;
    }

    private static Task<LibvirtClient> ConnectAsync(string uri) =>
        LibvirtClient.ConnectAsync(LibvirtUri.Parse(uri), null, LibvirtClientOptions.Default, TimeProvider.System, Cancel);
}
