namespace Anyvisor.Core.Images;

/// <summary>Limits of uploads.</summary>
public sealed record ImageOptions
{
    /// <summary>Bytes of the largest file that is taken.</summary>
    public long MaxUpload { get; init; } = 1L << 40;

    /// <summary>Bytes that stay free on the disk of the data directory.</summary>
    public long Reserve { get; init; } = 256L << 20;

    /// <summary>The program that checks disk files a second time; not used where it is not there.</summary>
    public string QemuImg { get; init; } = "/usr/bin/qemu-img";
}
