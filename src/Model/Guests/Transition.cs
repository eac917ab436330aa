using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>What a guest is on its way through, as the system says.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Transition>))]
public enum Transition : byte
{
    None,
    Starting,
    Stopping,
    Rebooting,
    Pausing,
    Suspending,
    Resuming,
    Migrating,
    Reconfiguring,
    Snapshotting,
    Provisioning,
    Deleting,
}
