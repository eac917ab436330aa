using Anyvisor.Driver;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Work;
using Anyvisor.Drivers.Libvirt.Xml;
using Xunit;

namespace Anyvisor.Drivers.Libvirt.Tests.Work;

/// <summary>Files are named by a letter; <c>B&gt;A</c> is a file B upon A.</summary>
public sealed class LayerDeletionTests
{
    [Theory]
    // The ordinary cases: a line of snapshots, the first, the last, and one that the guest went back behind.
    [InlineData("A B>A C>B", "C", "A", "B", "B into A", "B", "")]
    [InlineData("A B>A C>B", "C", "B", "A", "C into B", "C", "")]
    [InlineData("A B>A D>A", "D", "B", "A", "", "B", "")]
    // S1:A, S2:B, S3:C, then back to S2: B goes on below C too.
    [InlineData("A B>A C>B D>B", "D", "A", "B C", "", "", "A")]
    [InlineData("A B>A C>B D>B", "D", "C", "A B", "", "C", "")]
    // S1:A, S2:B, S3:C, then back to S1; S2 was forgotten and nobody but S3 needs B.
    [InlineData("A B>A C>B D>A", "D", "B", "A C", "", "", "B")]
    [InlineData("A B>A C>B D>A", "D", "C", "A", "", "C B", "")]
    [InlineData("A B>A C>B D>A", "D", "C", "A B", "", "C", "")]
    [InlineData("A B>A C>B D>A E>B", "D", "C", "A", "", "C", "")]
    // What lies in the image pool, or another guest has, is nobody's to change.
    [InlineData("image B>image", "B", "image", "", "", "", "image")]
    [InlineData("A other>A", "other", "A", "", "", "", "A")]
    [InlineData("A B>A other>B D>B", "D", "A", "", "", "", "A")]
    [InlineData("other", "Z", "other", "", "", "", "other")]
    // Two snapshots of one file, and a head, or another snapshot, that no pool has.
    [InlineData("A B>A", "B", "A", "A", "", "", "A")]
    [InlineData("A", "X", "A", "", "", "", "A")]
    [InlineData("A B>A", "B", "A", "X", "", "", "A")]
    // A base outside the driver's pool goes with nothing that the guest does not lie upon.
    [InlineData("template C>template Z", "Z", "C", "", "", "C", "")]
    // A circle, which forged headers may make.
    [InlineData("A>B B>A Z", "Z", "A", "", "", "", "A")]
    public void A_snapshot_takes_along_what_nothing_else_needs(string volumes, string head, string layer, string held, string merged, string gone, string stays)
    {
        var tree = Tree(volumes, raw: "");
        var chain = tree.Below(head).ToHashSet();
        var plan = LayerDeletion.Plan(tree, [("vda", head)], chain, [Layer(layer)], [.. Words(held).Select(Layer)], "disks");
        Assert.Equal(merged, string.Join(' ', plan.Merged.Select(m => $"{m.Top} into {m.Base}")));
        Assert.Equal(gone, string.Join(' ', plan.Gone));
        Assert.Equal(stays, string.Join(' ', plan.Stays));
    }

    [Theory]
    // A guest wrote into its raw disk that it lies upon somebody's file.
    [InlineData("secret R>secret", "R", "R", "R")]
    // Nor does an overlay's base that is raw lead on.
    [InlineData("secret R>secret T>R:raw", "", "T", "T R")]
    [InlineData("A B>A T>B", "", "T", "T B A")]
    public void The_chain_of_a_raw_file_ends_there_whatever_it_says(string volumes, string raw, string from, string chain) =>
        Assert.Equal(chain, string.Join(' ', Tree(volumes, raw).Below(from)));

    [Fact]
    public void What_a_raw_file_says_keeps_nobody_elses_file_from_being_merged()
    {
        var tree = Tree("A B>A R>A", raw: "R");
        Assert.True(tree.IsAlone("A", new HashSet<string> { "B" }));
        Assert.False(Tree("A B>A R>A", raw: "").IsAlone("A", new HashSet<string> { "B" }));
    }

    [Theory]
    [InlineData("raw", "raw", null, true)]
    [InlineData("raw", "iso", null, true)]
    [InlineData("raw", "qcow2", null, false)]
    [InlineData("raw", "qcow2", "/etc/shadow", false)]
    [InlineData(null, "vmdk", null, false)]
    [InlineData("qcow2", "qcow2", "/base", true)]
    public void A_raw_disk_that_looks_like_another_format_is_not_copied(string? defined, string format, string? backing, bool copied)
    {
        var refused = Record.Exception(() => RawDisks.RequirePlain("disk vda of 'web1'", defined, new VolumeDescription(format, 1, 1, "/p/web1.raw", backing, null, null)));
        Assert.Equal(copied, refused is null);
        Assert.True(copied || refused is ProviderException { Error: ProviderError.NotCapable } && refused.Message.Contains("'web1'", StringComparison.Ordinal));
    }

    private static SnapshotLayer Layer(string file) => new("vda", file, "qcow2");

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static LayerTree Tree(string volumes, string raw)
    {
        var all = Words(volumes).Select(word => word.Split('>', ':')).ToDictionary(
            part => part[0],
            part => new KnownVolume(
                new VolumeRef(part[0] switch { "image" => "images", "template" => "templates", _ => "disks" }, part[0], part[0]),
                new VolumeDescription("qcow2", 1, 1, part[0], part.ElementAtOrDefault(1), part.ElementAtOrDefault(2) ?? "qcow2", null)
            )
        );
        return new LayerTree(all, new HashSet<string> { "other" }, Words(raw).ToHashSet(), "images");
    }
}
