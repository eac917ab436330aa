using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

/// <summary>Disk files through the API: as a raw body and as a browser's form; and those that are meant to harm.</summary>
public sealed class ImageUploadTests(RunningServer server) : IClassFixture<RunningServer>, IAsyncLifetime
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var added = await server.Admin.PostAsync("/api/v1/providers", """{"name":"store","driver":"sim","url":"sim:?hosts=10&guests=0&churn=0"}""");
        if (added.StatusCode != HttpStatusCode.Conflict)
            Assert.Equal("succeeded", (await server.EndOfAsync(added)).GetProperty("state").GetString());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_raw_body_becomes_an_image()
    {
        using var answer = await server.Operator.PostAsync("/api/v1/images?name=plain&provider=store&arch=x86_64", Raw(Qcow2()), Token);
        var task = await server.EndOfAsync(answer);
        Assert.Equal("succeeded", task.GetProperty("state").GetString());
        Assert.Equal("plain", (await server.Viewer.GetJsonAsync($"/api/v1/images/{task.GetProperty("result").GetString()}")).GetProperty("name").GetString());
        Assert.Empty(Left());
    }

    [Fact]
    public async Task A_form_becomes_an_image()
    {
        using var form = new MultipartFormDataContent { { new StringContent("formed"), "name" }, { new StringContent("store"), "provider" } };
        form.Add(Raw(BootSector()), "file", "disk.raw");
        using var answer = await server.Operator.PostAsync("/api/v1/images", form, Token);
        Assert.Equal("succeeded", (await server.EndOfAsync(answer)).GetProperty("state").GetString());
        Assert.Empty(Left());
    }

    public static TheoryData<string, string> Malicious =>
        new()
        {
            { "backing", "backing file" },
            { "data-file", "another file" },
            { "raw-with-qcow2-header", "backing file" },
            { "vmdk", "VMDK" },
            { "vmdk-extent", "VMDK descriptor" },
            { "text", "no disk image" },
            { "gzip", "gzip" },
        };

    [Theory]
    [MemberData(nameof(Malicious))]
    public async Task What_would_have_another_file_opened_is_refused_and_leaves_nothing(string what, string says)
    {
        var tasks = (await server.Viewer.GetJsonAsync("/api/v1/tasks")).GetProperty("total").GetInt32();
        using var raw = await server.Operator.PostAsync($"/api/v1/images?name={what}&provider=store", Raw(Bad(what)), Token);
        Assert.Contains(says, await raw.ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        using var form = new MultipartFormDataContent { { new StringContent(what), "name" }, { new StringContent("store"), "provider" } };
        // The name of the file is a wish, and nothing else.
        form.Add(Raw(Bad(what)), "file", "../../../etc/disk.raw");
        using var formed = await server.Operator.PostAsync("/api/v1/images", form, Token);
        Assert.Contains(says, await formed.ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Equal(tasks, (await server.Viewer.GetJsonAsync("/api/v1/tasks")).GetProperty("total").GetInt32());
        Assert.Empty(Left());
    }

    private string[] Left() => Directory.GetFiles(Path.Combine(server.Data, "spool"));

    private static byte[] Bad(string what) =>
        what switch
        {
            "backing" => Qcow2(file => BinaryPrimitives.WriteUInt64BigEndian(file.AsSpan(8), 1024)),
            "data-file" => Qcow2(file => BinaryPrimitives.WriteUInt64BigEndian(file.AsSpan(72), 4)),
            // A boot sector inside what says that it is a qcow2: whoever guesses the format reads the backing file's bytes.
            "raw-with-qcow2-header" => Qcow2(file =>
            {
                BinaryPrimitives.WriteUInt64BigEndian(file.AsSpan(8), 1024);
                (file[510], file[511]) = (0x55, 0xaa);
            }),
            "vmdk" => [.. "KDMV"u8, .. new byte[4092]],
            "vmdk-extent" => Encoding.ASCII.GetBytes("# Disk DescriptorFile\nversion=1\ncreateType=\"monolithicFlat\"\nRW 100 FLAT \"/etc/shadow\" 0\n"),
            "gzip" => [0x1f, 0x8b, 8, 0, .. new byte[1000]],
            _ => Encoding.ASCII.GetBytes("root:x:0:0:root:/root:/bin/bash\n"),
        };

    private static byte[] Qcow2(Action<byte[]>? spoil = null)
    {
        var file = new byte[1 << 20];
        (file[0], file[1], file[2], file[3]) = ((byte)'Q', (byte)'F', (byte)'I', 0xfb);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(4), 3);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(20), 16);
        BinaryPrimitives.WriteUInt64BigEndian(file.AsSpan(24), 1 << 20);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(36), 1);
        BinaryPrimitives.WriteUInt64BigEndian(file.AsSpan(40), 0x30000);
        BinaryPrimitives.WriteUInt64BigEndian(file.AsSpan(48), 0x10000);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(56), 1);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(96), 4);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(100), 104);
        spoil?.Invoke(file);
        return file;
    }

    private static byte[] BootSector()
    {
        var disk = new byte[64 << 10];
        (disk[510], disk[511]) = (0x55, 0xaa);
        return disk;
    }

    private static ByteArrayContent Raw(byte[] bytes) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
}
