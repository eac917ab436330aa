using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Drivers.VCloud.Inventory;

/// <param name="Path">Its address, relative.</param>
/// <param name="Name">Its name.</param>
/// <param name="Org">The organisation's.</param>
/// <param name="Host">As it is shown.</param>
internal sealed record VdcDraft(string Path, string Name, string? Org, Host Host);

/// <param name="Path">Its address, relative.</param>
/// <param name="Vdc">The name of the virtual datacenter that holds it.</param>
/// <param name="Image">As it is shown.</param>
internal sealed record TemplateDraft(string Path, string? Vdc, Image Image);

/// <param name="Path">Its address, relative.</param>
/// <param name="Vdc">The name of its virtual datacenter.</param>
/// <param name="Network">As it is shown.</param>
internal sealed record NetworkDraft(string Path, string? Vdc, Network Network);

/// <summary>What was seen last. Thread-safe: each part is swapped whole.</summary>
internal sealed class Estate
{
    private readonly ConcurrentDictionary<NativeId, VmDraft> _machines = new();

    public ImmutableArray<VdcDraft> Vdcs { get; set; } = [];
    public ImmutableArray<TemplateDraft> Templates { get; set; } = [];
    public ImmutableArray<NetworkDraft> Networks { get; set; } = [];
    public ImmutableArray<Datastore> Storage { get; set; } = [];

    public ICollection<VmDraft> Machines => _machines.Values;

    public VmDraft? Machine(NativeId id) => _machines.GetValueOrDefault(id);

    public void Note(VmDraft draft) => _machines[draft.Guest.NativeId] = draft;

    public VmDraft? Forget(NativeId id) => _machines.TryRemove(id, out var gone) ? gone : null;

    public string? VdcName(string? path) => Vdc(path)?.Name;

    public string? OrgName(string? path) => Vdc(path)?.Org;

    private VdcDraft? Vdc(string? path) => path is null ? null : Vdcs.FirstOrDefault(vdc => vdc.Path.EndsWith(path[^Math.Min(36, path.Length)..], StringComparison.Ordinal));
}
