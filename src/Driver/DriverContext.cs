using Microsoft.Extensions.Logging;

namespace Anyvisor.Driver;

/// <summary>What a driver may use of the process that it runs in.</summary>
/// <param name="Time">The only clock.</param>
/// <param name="Loggers">For sources named after the driver's types.</param>
public sealed record DriverContext(TimeProvider Time, ILoggerFactory Loggers);
