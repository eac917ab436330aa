namespace Anyvisor.Cli.Tests;

public sealed class ConnectionTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("anyvisor-cli-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task On_the_servers_machine_the_data_directory_is_all_that_is_needed()
    {
        await using var server = await StubServer.StartAsync();
        server.On("GET", "/hosts", 200, """{"items":[],"total":0}""");
        await File.WriteAllTextAsync(Path.Combine(_data, "server.json"), $$"""{"url":"{{server.Url}}","pid":1}""", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_data, "admin.token"), "local-admin\n", TestContext.Current.CancellationToken);
        var run = await Run.Async(new Scene { Data = _data, Token = null }, "host", "list");
        Assert.Equal(0, run.Code);
        Assert.Equal("Bearer local-admin", server.Calls.Single().Token);
    }

    [Fact]
    public void The_local_administrators_token_goes_to_no_other_machine()
    {
        File.WriteAllText(Path.Combine(_data, "admin.token"), "local-admin");
        var error = new StringWriter();
        var scene = new Scene { Data = _data, Token = null };
        var surroundings = new Surroundings
        {
            Out = error,
            Error = error,
            OpenInput = () => Stream.Null,
            OpenOutput = () => Stream.Null,
            Environment = scene.Environment,
            OnInterrupt = scene.OnInterrupt,
        };
        Assert.Null(Grammar.Connection.Choose("https://other.example:8440", null, surroundings).Token);
        Assert.Equal("local-admin", Grammar.Connection.Choose("http://127.0.0.1:9999", null, surroundings).Token);
        Assert.Equal("", error.ToString());
        Assert.Equal("t", Grammar.Connection.Choose("http://other.example:8440", "t", surroundings).Token);
        Assert.Contains("unencrypted", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("t", Grammar.Connection.Choose("https://o.example", "TOKENVALUE", surroundings).ToString().Replace("client of https://o.example/", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"url":7}""")]
    [InlineData("""{"url":"file:///etc/passwd"}""")]
    public void A_broken_server_file_is_as_good_as_none(string content)
    {
        File.WriteAllText(Path.Combine(_data, "server.json"), content);
        Assert.Null(Anyvisor.Client.LocalServer.Read(_data).Url);
    }

    [Fact]
    public async Task A_password_comes_from_a_file_and_appears_nowhere_else()
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/providers", 401, StubServer.Problem("authentication-failed", "It refuses the password.", ",\"provider\":\"lab\""));
        var file = Path.Combine(_data, "pw");
        await File.WriteAllTextAsync(file, "canary-7f3a\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var run = await Run.Async(server, "provider", "add", "lab", "--driver", "libvirt", "--url", "qemu+tls://h/system", "--user", "u", "--password-file", file, "--set-file", $"key={file}");
        Assert.Equal(4, run.Code);
        Assert.Contains("\"password\":\"canary-7f3a\"", server.Calls.Single().Body, StringComparison.Ordinal);
        Assert.Contains("\"key\":\"canary-7f3a\"", server.Calls.Single().Body, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", run.Out + run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", run.Out + run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_file_that_others_can_read_is_warned_about()
    {
        await using var server = await StubServer.StartAsync();
        server.On("POST", "/providers", 201, """{"name":"lab"}""");
        var file = Path.Combine(_data, "pw");
        await File.WriteAllTextAsync(file, "x", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var run = await Run.Async(server, "provider", "add", "lab", "--driver", "libvirt", "--url", "u", "--password-file", file);
        Assert.Equal(0, run.Code);
        Assert.Contains("chmod 600", run.Error, StringComparison.Ordinal);
    }
}
