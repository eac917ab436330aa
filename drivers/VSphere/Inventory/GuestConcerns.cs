using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>
/// What stands in the way of moving a guest out, as data. Guests with the same findings share one list of them.
/// </summary>
internal static class GuestConcerns
{
    [Flags]
    private enum Findings
    {
        None = 0,
        Independent = 1,
        Raw = 2,
        PhysicalRaw = 4,
        Shared = 8,
        Vtpm = 16,
        Encrypted = 32,
        Passthrough = 64,
        Usb = 128,
        PersistentMemory = 256,
        Snapshots = 512,
        Uefi = 1024,
        SecureBoot = 2048,
        TrackingOff = 4096,
        NoTools = 8192,
        ToolsStopped = 16384,
        MissingDatastore = 32768,
        UnknownOs = 65536,
        Windows = 131072,
        Managed = 262144,
        Unreachable = 524288,
    }

    private static readonly (Findings Finding, Concern Concern)[] Texts =
    [
        (Findings.Unreachable, new("vsphere.inaccessible", ConcernSeverity.Critical, "Not accessible", "The system can't read its configuration now, so what is shown may be old.", "Bring its host and datastore back, or take it out of the inventory.")),
        (Findings.MissingDatastore, new("vsphere.missing-datastore", ConcernSeverity.Critical, "Disk on a missing datastore", "One of its disks is on a datastore that no host reaches now.", "Mount the datastore again, or remove the disk.")),
        (Findings.PhysicalRaw, new("vsphere.rdm-physical", ConcernSeverity.Critical, "Raw disk in physical mode", "A disk is a LUN handed through in physical mode: it can't be exported or snapshotted.", "Change it to virtual mode, or copy the LUN by the storage's own means.")),
        (Findings.Encrypted, new("vsphere.encrypted", ConcernSeverity.Critical, "Encrypted", "It, or a disk of it, is encrypted with a key of this vCenter's key provider.", "Decrypt it (storage policy) before the move.")),
        (Findings.Vtpm, new("vsphere.vtpm", ConcernSeverity.Critical, "Virtual TPM", "It has a virtual TPM, whose secrets can't be taken out: BitLocker and the like will ask for a recovery key.", "Have recovery keys at hand, suspend disk encryption inside, and remove the vTPM.")),
        (Findings.Passthrough, new("vsphere.passthrough", ConcernSeverity.Critical, "Device of its host", "A PCI, SR-IOV or SCSI device of its host is handed through to it, and stays there.", "Remove the device, and plan for one at the target.")),
        (Findings.Shared, new("vsphere.shared-disk", ConcernSeverity.Critical, "Shared disk", "A disk is shared with other guests (multi-writer, or a shared SCSI bus), as clusters do.", "Move the guests of the cluster together, with storage that they can share.")),
        (Findings.PersistentMemory, new("vsphere.persistent-memory", ConcernSeverity.Critical, "Persistent memory", "It has a virtual NVDIMM, which has no counterpart.", "Copy its content to a disk.")),
        (Findings.Raw, new("vsphere.rdm", ConcernSeverity.Warning, "Raw disk", "A disk is a LUN handed through in virtual mode: it is copied as a disk of full size.", "Plan for the space, or convert it by a storage migration first.")),
        (Findings.Independent, new("vsphere.independent-disk", ConcernSeverity.Warning, "Independent disk", "A disk is left out of snapshots: a move while it runs can't copy it.", "Move it when it is off, or make the disk dependent.")),
        (Findings.Snapshots, new("vsphere.snapshots", ConcernSeverity.Warning, "Snapshots", "It has snapshots: only its present state moves, and copying is slower.", "Delete the snapshots that are not needed.")),
        (Findings.SecureBoot, new("vsphere.secure-boot", ConcernSeverity.Warning, "Secure Boot", "It starts with UEFI Secure Boot: the target's firmware has to know the keys of its boot loader.", "Choose a firmware with the usual keys at the target, or switch Secure Boot off.")),
        (Findings.Uefi, new("vsphere.uefi", ConcernSeverity.Information, "UEFI", "It starts by UEFI: the target has to, as well. Entries of the boot menu do not move.", null)),
        (Findings.Usb, new("vsphere.usb", ConcernSeverity.Warning, "USB device", "A USB device is connected to it, and stays where it is plugged in.", "Disconnect it, or use a USB network hub.")),
        (Findings.UnknownOs, new("vsphere.unknown-os", ConcernSeverity.Warning, "Operating system not known", "It says no operating system that we know: drivers can't be chosen beforehand.", "Set its guest operating system.")),
        (Findings.Windows, new("vsphere.dynamic-disks-unknown", ConcernSeverity.Information, "Dynamic disks not known", "Whether Windows has dynamic disks can't be seen from outside; such can't be converted.", "Look in its disk management.")),
        (Findings.NoTools, new("vsphere.no-tools", ConcernSeverity.Information, "No VMware Tools", "VMware Tools are not installed: it can't be shut down in order, and its addresses are not known.", "Install open-vm-tools, or stop it by hand before a move.")),
        (Findings.ToolsStopped, new("vsphere.tools-stopped", ConcernSeverity.Information, "VMware Tools do not run", "VMware Tools are installed and do not answer while it runs.", "Start them inside.")),
        (Findings.TrackingOff, new("vsphere.no-change-tracking", ConcernSeverity.Information, "No changed block tracking", "Changed blocks are not tracked: a second copy of its disks is a whole one.", "Switch changed block tracking on, and take and delete one snapshot.")),
        (Findings.Managed, new("vsphere.managed", ConcernSeverity.Warning, "Managed by another product", "Another product manages it, and may undo or forbid what is done here.", "Work with that product.")),
    ];

    /// <summary>Few combinations are met in an estate; a bound for the case that not.</summary>
    private static readonly ConcurrentDictionary<Findings, ImmutableArray<Concern>> Lists = new();

    public static ImmutableArray<Concern> Of(GuestRecord record, Estate estate)
    {
        var findings = Find(record, estate);
        if (findings == Findings.None)
            return [];
        if (Lists.TryGetValue(findings, out var known))
            return known;
        ImmutableArray<Concern> list = [.. Texts.Where(text => findings.HasFlag(text.Finding)).Select(text => text.Concern)];
        if (Lists.Count < 4096)
            _ = Lists.TryAdd(findings, list);
        return list;
    }

    private static Findings Find(GuestRecord record, Estate estate)
    {
        var findings = OfDevices(record.Hardware.Traits);
        if (record.Encrypted)
            findings |= Findings.Encrypted;
        if (record.Snapshots.Length > 0)
            findings |= Findings.Snapshots;
        if (record.FirmwareWord == "efi")
            findings |= record.SecureBoot ? Findings.Uefi | Findings.SecureBoot : Findings.Uefi;
        if (record.ChangeTracking == false)
            findings |= Findings.TrackingOff;
        if (record.ManagedBy is not null)
            findings |= Findings.Managed;
        if (record.ConnectionWord is "inaccessible" or "orphaned" or "invalid")
            findings |= Findings.Unreachable;
        var os = GuestOs.Of(record.GuestId);
        if (!os.IsKnown)
            findings |= Findings.UnknownOs;
        else if (os.Os.Family == OsFamily.Windows)
            findings |= Findings.Windows;
        if (record.ToolsVersion is not null && Mapping.ToolsVersions.GetValueOrDefault(record.ToolsVersion) == false)
            findings |= Findings.NoTools;
        else if (record.PowerWord == "poweredOn" && record.ToolsRunning == "guestToolsNotRunning" && record.ToolsVersion is not null)
            findings |= Findings.ToolsStopped;
        return findings | OfDatastores(record, estate);
    }

    private static Findings OfDevices(DeviceTraits traits)
    {
        var findings = Findings.None;
        Note(DeviceTraits.IndependentDisk, Findings.Independent);
        Note(DeviceTraits.PhysicalRawDisk, Findings.PhysicalRaw);
        if (!traits.HasFlag(DeviceTraits.PhysicalRawDisk))
            Note(DeviceTraits.RawDisk, Findings.Raw);
        Note(DeviceTraits.SharedDisk, Findings.Shared);
        Note(DeviceTraits.Vtpm, Findings.Vtpm);
        Note(DeviceTraits.EncryptedDisk, Findings.Encrypted);
        Note(DeviceTraits.Passthrough, Findings.Passthrough);
        Note(DeviceTraits.Usb, Findings.Usb);
        Note(DeviceTraits.PersistentMemory, Findings.PersistentMemory);
        return findings;

        void Note(DeviceTraits trait, Findings finding)
        {
            if (traits.HasFlag(trait))
                findings |= finding;
        }
    }

    /// <summary>A disk whose datastore is known and not reached by any host. One that we have not seen is no finding.</summary>
    private static Findings OfDatastores(GuestRecord record, Estate estate)
    {
        foreach (var disk in record.Hardware.Disks)
            if (disk.Device == "disk" && GuestShape.DatastoreOf(disk.File) is { } name && estate.IsUnreached(name))
                return Findings.MissingDatastore;
        return Findings.None;
    }
}
