using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Server.Inventory;

/// <summary>Finds what a path's segment stands for: an id, a NAME, or PROVIDER/NAME.</summary>
internal static class Reference
{
    /// <summary>The server leaves an encoded slash as it came, so that it does not part the path.</summary>
    internal static string Decode(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="CommandException">There is none, or more than one.</exception>
    internal static T Resolve<T>(this EstateInventory inventory, string kind, string segment)
        where T : class, IInventoryObject
    {
        var reference = Decode(segment);
        var found = inventory.Resolve<T>(reference);
        if (found.IsAmbiguous)
            throw ProblemFactory.Ambiguous(kind, reference, found.Candidates);
        return found.Found ?? throw ProblemFactory.NotFound(kind, reference);
    }
}
