namespace Anyvisor.Model;

/// <summary>A guest's disk as the guest sees it.</summary>
public sealed record Disk
{
    /// <summary>The device's name on the guest (<c>vda</c>, <c>scsi0:1</c>).</summary>
    public required string Name { get; init; }

    /// <summary><c>disk</c>, <c>cdrom</c>, <c>floppy</c> or <c>lun</c>.</summary>
    public string Device { get; init; } = "disk";

    public string? Bus { get; init; }

    public string? Format { get; init; }

    /// <summary>Bytes the guest sees; null where the system does not say.</summary>
    public long? Capacity { get; init; }

    /// <summary>Where the bytes are, in the system's own notation: a path, a volume's key, an URL without credentials.</summary>
    public string? Source { get; init; }

    public string? Datastore { get; init; }

    public bool ReadOnly { get; init; }

    public bool Shared { get; init; }
}
