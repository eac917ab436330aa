using System.Runtime.CompilerServices;
using Anyvisor.Drivers.Libvirt.Wire.Generator;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

public sealed class GeneratedCodeTests
{
    [Fact]
    public void Generated_code_is_what_the_table_gives()
    {
        var folder = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "Wire");
        Assert.SkipUnless(Directory.Exists(folder), "the sources are not where they were built");
        foreach (var (name, text) in Emitter.Emit(Table.Parse(File.ReadLines(Path.Combine(folder, "protocol.table")))))
            Assert.True(text == File.ReadAllText(Path.Combine(folder, name)), $"{name} is stale: dotnet run --project drivers/Libvirt/Wire.Generator");
    }

    [Theory]
    [InlineData("call x Bad: -> a int", "line 1")]
    [InlineData("nonsense", "unknown word")]
    public void A_mistake_in_the_table_is_named_with_its_line(string line, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => Table.Parse([line])).Message, StringComparison.Ordinal);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
