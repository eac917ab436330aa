using Anyvisor.Model;

namespace Anyvisor.Driver.Facets;

public interface IGuestRename
{
    Task RenameAsync(Guest guest, string name, CancellationToken cancellationToken);
}
