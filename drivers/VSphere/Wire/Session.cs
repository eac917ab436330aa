namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>One sign-in. Views, filters and collectors that were made in it end with it.</summary>
internal sealed class Session(string cookie) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    /// <summary>As the system set it: <c>vmware_soap_session="..."</c>.</summary>
    public string Cookie { get; } = cookie;

    /// <summary>Fires when another session has taken its place.</summary>
    public CancellationToken Ended => _ended.Token;

    public void End() => _ended.Cancel();

    public void Dispose() => _ended.Dispose();
}
