using System.Text;
using Anyvisor.Core.Providers.Secrets;
using Anyvisor.Driver;
using Xunit;

namespace Anyvisor.Unit.Tests.Providers;

public sealed class SecretBoxTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("anyvisor-secrets-").FullName;

    private string KeyFile => Path.Combine(_directory, "keys", "secrets.key");

    [Theory]
    [InlineData("")]
    [InlineData("pa55")]
    [InlineData("žluťoučký kůň 🐎")]
    public void What_was_sealed_comes_back_after_a_restart(string value)
    {
        var envelope = SecretBox.Open(_directory).Seal("provider/lab", "password", new Secret(value));
        Assert.Equal(value, SecretBox.Open(_directory).Unseal("provider/lab", "password", envelope).Reveal());
    }

    [Fact]
    public void The_key_file_and_its_directory_are_for_their_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        SecretBox.Open(_directory);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(KeyFile)!));
        }
        Assert.Equal([KeyFile], Directory.GetFiles(Path.GetDirectoryName(KeyFile)!));
    }

    [Fact]
    public void An_envelope_opens_only_for_what_it_was_sealed_for()
    {
        var box = SecretBox.Open(_directory);
        var envelope = box.Seal("provider/lab", "password", new Secret("pa55word"));
        Assert.Throws<SecretBoxException>(() => box.Unseal("provider/other", "password", envelope));
        Assert.Throws<SecretBoxException>(() => box.Unseal("provider/lab", "settings.key", envelope));
        Assert.Throws<SecretBoxException>(() => box.Unseal("provider/l", "abpassword", envelope));
    }

    [Fact]
    public void Every_changed_byte_and_every_shorter_envelope_is_refused()
    {
        var box = SecretBox.Open(_directory);
        var envelope = box.Seal("provider/lab", "password", new Secret("pa55word"));
        for (var i = 0; i < envelope.Length; i++)
        {
            var changed = (byte[])envelope.Clone();
            changed[i] ^= 1;
            Assert.Throws<SecretBoxException>(() => box.Unseal("provider/lab", "password", changed));
            Assert.Throws<SecretBoxException>(() => box.Unseal("provider/lab", "password", envelope.AsSpan(0, i)));
        }
    }

    [Fact]
    public void Two_envelopes_of_one_secret_differ_and_hold_no_byte_of_it_in_a_row()
    {
        var box = SecretBox.Open(_directory);
        var first = box.Seal("provider/lab", "password", new Secret("correct horse battery"));
        Assert.NotEqual(first, box.Seal("provider/lab", "password", new Secret("correct horse battery")));
        Assert.DoesNotContain("horse", Encoding.Latin1.GetString(first), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_key_is_told_from_damage_and_the_remedy_is_named()
    {
        var envelope = SecretBox.Open(_directory).Seal("provider/lab", "password", new Secret("pa55word"));
        File.Delete(KeyFile);
        var exception = Assert.Throws<SecretBoxException>(() => SecretBox.Open(_directory).Unseal("provider/lab", "password", envelope));
        Assert.Contains("another key", exception.Message, StringComparison.Ordinal);
        Assert.Contains("backup", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pa55word", exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    [InlineData("00112233")]
    public void A_damaged_key_file_is_neither_used_nor_replaced(string content)
    {
        SecretBox.Open(_directory);
        File.WriteAllText(KeyFile, content);
        var box = SecretBox.Open(_directory);
        Assert.Contains("damaged", box.Fault, StringComparison.Ordinal);
        Assert.Throws<SecretBoxException>(() => box.Seal("provider/lab", "password", new Secret("pa55word")));
        Assert.Equal(content, File.ReadAllText(KeyFile));
    }

    [Fact]
    public void A_key_file_that_others_can_read_is_not_used()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        SecretBox.Open(_directory);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", SecretBox.Open(_directory).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_that_start_at_once_agree_on_one_key()
    {
        var boxes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => SecretBox.Open(_directory))));
        var envelope = boxes[0].Seal("task/1", "user-data", new Secret("canary"));
        Assert.All(boxes, box => Assert.Equal("canary", box.Unseal("task/1", "user-data", envelope).Reveal()));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
