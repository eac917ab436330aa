using System.Text;
using Anyvisor.Drivers.Libvirt.Tests.FakeDaemon;
using Anyvisor.Drivers.Libvirt.Wire;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

public sealed class StreamTests : FakeDaemonFixture
{
    private const int OpenConsole = 201;
    private const int Upload = 208;
    private const int Download = 209;
    private const int Ok = 0;
    private const int Failed = 1;
    private const int Continue = 2;
    private const int Hole = 6;
    private static readonly VolumeRef Volume = new("pool", "disk", "/disk");
    private static readonly DomainRef Guest = new("web", Guid.Empty, 1);

    [Fact]
    public async Task A_download_brings_bytes_and_holes_and_ends_when_the_daemon_confirms()
    {
        Daemon.On[Download] = async (line, call) =>
        {
            await line.ReplyAsync(call);
            await line.StreamAsync(call, Continue, "head"u8.ToArray());
            await line.StreamAsync(call, Continue, new Bytes().Long(1L << 40).Int(0).ToArray(), Hole);
            await line.StreamAsync(call, Continue, "tail"u8.ToArray());
            await line.StreamAsync(call, Continue, default);
        };
        var finished = false;
        Daemon.OnStream = (line, packet) =>
        {
            finished = packet.Status == Ok;
            return line.StreamAsync(packet, Ok, default);
        };
        await using var client = await ConnectAsync();

        await using var download = await client.DownloadAsync(Volume, 0, 0, Cancel);
        var pieces = new List<string>();
        await foreach (var piece in download.ReadAsync(Cancel))
            pieces.Add(piece.Hole > 0 ? $"hole {piece.Hole}" : Encoding.UTF8.GetString(piece.Data.Span));

        Assert.Equal(["head", "hole 1099511627776", "tail"], pieces);
        Assert.True(finished);
    }

    [Fact]
    public async Task A_download_that_breaks_is_never_taken_for_the_whole()
    {
        Daemon.On[Download] = async (line, call) =>
        {
            await line.ReplyAsync(call);
            await line.StreamAsync(call, Continue, "head"u8.ToArray());
            await line.StreamAsync(call, Failed, Bytes.Error(38, 0, "cannot read volume: Input/output error"));
        };
        await using var client = await ConnectAsync();

        await using var download = await client.DownloadAsync(Volume, 0, 0, Cancel);
        var failed = await FailsAsync(DrainAsync(download));

        Assert.Equal(LibvirtErrorCode.SystemError, failed.Code);
        Assert.Contains("Input/output error", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_whose_line_breaks_fails()
    {
        Daemon.On[Download] = async (line, call) =>
        {
            await line.ReplyAsync(call);
            await line.StreamAsync(call, Continue, "head"u8.ToArray());
            line.Hangup();
        };
        await using var client = await ConnectAsync();

        await using var download = await client.DownloadAsync(Volume, 0, 0, Cancel);

        Assert.Equal(LibvirtFailure.Transport, (await FailsAsync(DrainAsync(download))).Failure);
    }

    [Fact]
    public async Task A_download_larger_than_its_window_comes_whole_and_in_order()
    {
        const int Packets = 64;
        Daemon.On[Download] = async (line, call) =>
        {
            await line.ReplyAsync(call);
            for (var i = 0; i < Packets; i++)
                await line.StreamAsync(call, Continue, Enumerable.Repeat((byte)i, 200_000).ToArray());
            await line.StreamAsync(call, Continue, default);
        };
        Daemon.OnStream = (line, packet) => line.StreamAsync(packet, Ok, default);
        await using var client = await ConnectAsync();

        await using var download = await client.DownloadAsync(Volume, 0, 0, Cancel);
        var next = 0;
        await foreach (var piece in download.ReadAsync(Cancel))
        {
            Assert.Equal(200_000, piece.Data.Length);
            Assert.Equal(-1, piece.Data.Span.IndexOfAnyExcept((byte)next));
            next++;
            await Task.Yield();
        }

        Assert.Equal(Packets, next);
    }

    [Fact]
    public async Task An_upload_sends_bytes_and_holes_and_waits_for_the_confirmation()
    {
        var got = new List<string>();
        Daemon.On[Upload] = (line, call) => line.ReplyAsync(call);
        Daemon.OnStream = (line, packet) =>
        {
            got.Add(packet.Type == Hole ? $"hole {Length(packet)}" : $"{packet.Status} {packet.Payload.Length}");
            return packet.Status == Ok ? line.StreamAsync(packet, Ok, default) : Task.CompletedTask;
        };
        await using var client = await ConnectAsync();

        await using var upload = await client.UploadAsync(Volume, 0, 0, Cancel);
        await upload.WriteAsync(new byte[300_000], Cancel);
        await upload.WriteHoleAsync(4096, Cancel);
        await upload.FinishAsync(Cancel);

        Assert.Equal(["2 262120", "2 37880", "hole 4096", "0 0"], got);

        static long Length(FakeCall packet) => ((long)packet.Int() << 32) | (uint)packet.Int();
    }

    [Fact]
    public async Task An_upload_that_the_daemon_cannot_write_fails()
    {
        Daemon.On[Upload] = (line, call) => line.ReplyAsync(call);
        Daemon.OnStream = (line, packet) => packet.Status == Ok
            ? line.StreamAsync(packet, Failed, Bytes.Error(38, 0, "No space left on device"))
            : Task.CompletedTask;
        await using var client = await ConnectAsync();

        await using var upload = await client.UploadAsync(Volume, 0, 0, Cancel);
        await upload.WriteAsync(new byte[10], Cancel);
        var failed = await FailsAsync(upload.FinishAsync(Cancel));

        Assert.Contains("No space left", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_left_before_its_end_is_aborted_at_the_daemon()
    {
        var aborted = new TaskCompletionSource();
        Daemon.On[Upload] = (line, call) => line.ReplyAsync(call);
        Daemon.OnStream = (_, packet) =>
        {
            if (packet.Status == Failed)
                aborted.SetResult();
            return Task.CompletedTask;
        };
        await using var client = await ConnectAsync();

        await using (var upload = await client.UploadAsync(Volume, 0, 0, Cancel))
            await upload.WriteAsync(new byte[10], Cancel);

        await aborted.Task;
    }

    [Fact]
    public async Task A_console_talks_in_both_directions_and_ends_with_the_guest()
    {
        Daemon.On[OpenConsole] = async (line, call) =>
        {
            await line.ReplyAsync(call);
            await line.StreamAsync(call, Continue, "login: "u8.ToArray());
        };
        Daemon.OnStream = async (line, packet) =>
        {
            await line.StreamAsync(packet, Continue, packet.Payload);
            await line.StreamAsync(packet, Continue, default);
        };
        await using var client = await ConnectAsync();

        await using var console = await client.OpenConsoleAsync(Guest, null, force: false, Cancel);
        var buffer = new byte[5];
        await console.ReadExactlyAsync(buffer, Cancel);
        Assert.Equal("login", Encoding.UTF8.GetString(buffer));
        await console.WriteAsync("root\n"u8.ToArray(), Cancel);
        using var rest = new StreamReader(console, leaveOpen: true);

        Assert.Equal(": root\n", await rest.ReadToEndAsync(Cancel));
    }

    [Fact]
    public async Task Each_stream_has_a_line_of_its_own_so_that_a_stalled_one_holds_nobody_up()
    {
        Daemon.On[OpenConsole] = async (line, call) =>
        {
            await line.ReplyAsync(call);
            _ = FloodAsync(line, call);
        };
        Daemon.On[GetHostname] = (line, call) => line.ReplyAsync(call, new Bytes().Text("kvm1"));
        await using var client = await ConnectAsync();

        await using var console = await client.OpenConsoleAsync(Guest, null, force: false, Cancel);

        Assert.Equal(2, Daemon.Connections);
        Assert.Equal("kvm1", await client.ConnectGetHostnameAsync(Cancel));

        static async Task FloodAsync(FakeLine line, FakeCall call)
        {
            for (var i = 0; i < 100; i++)
                await line.StreamAsync(call, Continue, new byte[200_000]);
        }
    }

    [Fact]
    public async Task A_console_that_is_taken_says_so()
    {
        Daemon.On[OpenConsole] = (line, call) => line.ErrorAsync(call, 55, 10, "Active console session exists for this domain");
        await using var client = await ConnectAsync();

        Assert.Equal(LibvirtErrorCode.OperationInvalid, (await FailsAsync(client.OpenConsoleAsync(Guest, null, force: false, Cancel))).Code);
    }

    private static async Task DrainAsync(VolumeDownload download)
    {
        await foreach (var _ in download.ReadAsync(Cancel))
        {
        }
    }
}
