using Anyvisor.Core.Inventory;
using Microsoft.Extensions.Logging;

namespace Anyvisor.Core.Providers.Sessions;

/// <summary>What all sessions share.</summary>
internal sealed record SessionServices(
    EstateInventory Inventory,
    ProviderOptions Options,
    ProviderMetrics Metrics,
    TimeProvider Time,
    ILoggerFactory Loggers
);
