using Anyvisor.Drivers.Libvirt.Wire.Authentication;
using Anyvisor.Drivers.Libvirt.Wire.Rpc;
using Anyvisor.Drivers.Libvirt.Wire.Transports;
using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire;

/// <summary>
/// A connection to a libvirt daemon with a hypervisor opened on it. Every method may be called at any time
/// from any thread; calls overlap on the line. It lives until the line breaks or it is disposed, and is then
/// replaced, not revived. The plain calls are in LibvirtClient.g.cs and say what libvirt's API of the same
/// name says; the other files add what takes several calls.
/// </summary>
internal sealed partial class LibvirtClient : IAsyncDisposable
{
    private readonly RpcConnection _rpc;
    private readonly LibvirtUri _uri;
    private readonly LibvirtCredentials? _credentials;
    private readonly LibvirtClientOptions _options;
    private readonly TimeProvider _time;
    private Task _keepAlive = Task.CompletedTask;

    private LibvirtClient(RpcConnection rpc, LibvirtUri uri, LibvirtCredentials? credentials, LibvirtClientOptions options, TimeProvider time)
    {
        _rpc = rpc;
        _uri = uri;
        _credentials = credentials;
        _options = options;
        _time = time;
    }

    /// <summary>Who is at the other end, for messages.</summary>
    public string Peer => _rpc.Peer;

    /// <summary>Nobody can listen in on the line.</summary>
    public bool IsSecure => _rpc.IsSecure;

    /// <summary>Completes with the reason when the connection has ended, for whatever reason; never faults.</summary>
    public Task<LibvirtException> Ended => _rpc.Ended;

    /// <summary>Messages of kinds that this client does not know, or answers that nobody waited for.</summary>
    public long IgnoredMessages => _rpc.Ignored;

    /// <summary>Calls made and not yet answered.</summary>
    public int UnansweredCalls => _rpc.Unanswered;

    /// <summary>Opens line and hypervisor, and signs in.</summary>
    /// <exception cref="LibvirtException">What failed, where, and what to do about it.</exception>
    public static async Task<LibvirtClient> ConnectAsync(
        LibvirtUri uri, LibvirtCredentials? credentials, LibvirtClientOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await OpenAsync(uri, credentials, options, time, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw LibvirtException.Transport($"{uri} did not answer within {options.ConnectTimeout.TotalSeconds:0.#} s");
        }
    }

    /// <summary>
    /// What the daemon tells unasked, once it was asked with one of the register calls. For one reader. A slow
    /// reader gets <see cref="EventsLostEvent"/>. Throws when the connection ends.
    /// </summary>
    public IAsyncEnumerable<LibvirtEvent> ReadEventsAsync(CancellationToken cancellationToken) => _rpc.Events.ReadAllAsync(cancellationToken);

    /// <summary>
    /// Asks the daemon for the events of these kinds, of all guests, all in one round trip. Gives back the
    /// kinds that it has: an older daemon has fewer, and some hypervisors none.
    /// </summary>
    public async Task<IReadOnlyList<DomainEventId>> SubscribeAsync(IEnumerable<DomainEventId> events, CancellationToken cancellationToken)
    {
        if (!await ConnectSupportsFeatureAsync((int)LibvirtFeature.RemoteEventCallback, cancellationToken).ConfigureAwait(false))
            throw new LibvirtException(LibvirtFailure.NotCapable, $"{Peer} is older than libvirt 1.3.3: it can't tell events one by one");
        var asked = await Task.WhenAll(events.Select(async e => (e, await TrySubscribeAsync(e, cancellationToken).ConfigureAwait(false))))
            .ConfigureAwait(false);
        return [.. asked.Where(x => x.Item2).Select(x => x.e)];
    }

    public async ValueTask DisposeAsync()
    {
        await _rpc.DisposeAsync().ConfigureAwait(false);
        await _keepAlive.ConfigureAwait(false);
    }

    private static async Task<LibvirtClient> OpenAsync(
        LibvirtUri uri, LibvirtCredentials? credentials, LibvirtClientOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var line = await Transport.OpenAsync(uri, options, time, cancellationToken).ConfigureAwait(false);
        var client = new LibvirtClient(new RpcConnection(line, options.Rpc, time), uri, credentials, options, time);
        try
        {
            await SignIn.RunAsync(client, uri, credentials, cancellationToken).ConfigureAwait(false);
            var keepAlive = await client.ConnectSupportsFeatureAsync((int)LibvirtFeature.ProgramKeepAlive, cancellationToken).ConfigureAwait(false);
            await client.ConnectOpenAsync(uri.RemoteName, options.ReadOnly ? 1u : 0u, cancellationToken).ConfigureAwait(false);
            if (keepAlive)
                client._keepAlive = client._rpc.KeepAliveAsync();
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<bool> TrySubscribeAsync(DomainEventId kind, CancellationToken cancellationToken)
    {
        try
        {
            await ConnectDomainEventCallbackRegisterAnyAsync((int)kind, null, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (LibvirtException e) when (e.IsNotImplemented
            || e.Code is LibvirtErrorCode.InternalError or LibvirtErrorCode.InvalidArg or LibvirtErrorCode.ArgumentUnsupported)
        {
            return false;
        }
    }

    private Task<bool> CallAsync(Procedure procedure, XdrWriter request, CancellationToken cancellationToken) =>
        _rpc.CallAsync(procedure, request, static (ref XdrReader _) => true, cancellationToken);

    private Task<T> CallAsync<T>(Procedure procedure, XdrWriter request, XdrDecoder<T> decode, CancellationToken cancellationToken) =>
        _rpc.CallAsync(procedure, request, decode, cancellationToken);
}

/// <summary>virDrvFeature: what the protocol and the hypervisor's driver can do.</summary>
internal enum LibvirtFeature
{
    MigrationPeerToPeer = 4,
    MigrationDirect = 5,
    MigrationV3 = 6,
    ProgramKeepAlive = 10,
    XmlMigratable = 11,
    MigrationOffline = 12,
    MigrationParameters = 13,
    RemoteEventCallback = 14,
    RemoteCloseCallback = 15,
}
