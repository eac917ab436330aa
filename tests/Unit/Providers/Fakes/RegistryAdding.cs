using Anyvisor.Core.Providers;
using Anyvisor.Model;

namespace Anyvisor.Unit.Tests.Providers.Fakes;

internal static class RegistryAdding
{
    /// <summary>Tries, keeps, and waits for the first listing: the steps of the task in one.</summary>
    internal static async Task<Provider> AddAsync(this ProviderRegistry registry, AddProvider request, CancellationToken cancellationToken)
    {
        await registry.TryAsync(request, cancellationToken);
        await registry.KeepAsync(request, cancellationToken);
        if (!request.SkipCheck)
            await registry.AwaitListingAsync(request.Name, cancellationToken);
        return registry.Get(request.Name);
    }
}
