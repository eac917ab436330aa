using Anyvisor.Core.Tasks;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests.Kinds;

/// <summary>A guest that a task makes: by its identity where the plan knows it, else by its name.</summary>
internal static class NewGuest
{
    public static ObjectId? IdOf(TaskOrder order) =>
        order.Makes is { } native ? ObjectId.Derive(ObjectKind.Guest, order.Provider!, native) : null;

    public static Guest? Find(GuestParts parts, TaskOrder order) =>
        IdOf(order) is { } id
            ? parts.Inventory.Get<Guest>(id) is { Presence: not Presence.Missing } guest ? guest : null
            : parts.Inventory.Resolve<Guest>($"{order.Provider}/{NameOf(order)}").Found;

    // The target of a clone is its source.
    private static string NameOf(TaskOrder order) =>
        order.Kind == CloneKind.KindName ? order.Read(Model.Json.ModelJson.Default.CloneGuest).Name : order.Target.Name;
}
