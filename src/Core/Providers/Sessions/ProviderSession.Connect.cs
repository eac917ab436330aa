namespace Anyvisor.Core.Providers.Sessions;

internal sealed partial class ProviderSession
{
    private async Task<LiveConnection> ConnectAsync(CancellationToken stopping)
    {
        LogConnecting(_log, Provider);
        var connection = await Connector.ConnectAsync(_driver, _address, _options, _time, _loggers, stopping).ConfigureAwait(false);
        _metrics.Connected(Provider, "done");
        var gate = new CallGate(connection, _address, _options, _metrics, _time, _log);
        return new LiveConnection(connection, gate, Provider, _options.CloseDeadline, _time, _log);
    }
}
