using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Server.Inventory;

/// <summary>Writes what the system itself says of an object, as it was kept.</summary>
internal static class NativeAnswer
{
    internal static async Task WriteAsync(HttpContext http, EstateInventory inventory, ObjectId id)
    {
        var native =
            await inventory.NativeAsync(id, http.RequestAborted)
            ?? throw ProblemFactory.NotFound("native document", id.ToString());
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.LastModified = native.ObservedAt.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        await http.Response.BodyWriter.WriteAsync(native.Json, http.RequestAborted);
    }
}
