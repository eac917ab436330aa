using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire.Rpc;

/// <summary>
/// A call that was queued or sent and not answered. A cancelled one stays until its late answer came, since
/// the daemon works on it still and it holds one of the few places for slow calls.
/// </summary>
internal abstract class PendingCall(Procedure procedure, uint serial, SemaphoreSlim? place)
{
    private SemaphoreSlim? _place = place;

    public Procedure Procedure { get; } = procedure;

    public uint Serial { get; } = serial;

    /// <summary>Nobody waits any more.</summary>
    public abstract bool IsAbandoned { get; }

    public abstract void Complete(ref XdrReader reader);

    public abstract void Fail(LibvirtException failure);

    public abstract void Abandon(CancellationToken cancellationToken);

    /// <summary>The daemon is done with it, or never heard of it.</summary>
    public void FreePlace() => Interlocked.Exchange(ref _place, null)?.Release();
}

internal sealed class PendingCall<T>(Procedure procedure, uint serial, SemaphoreSlim? place, XdrDecoder<T> decode)
    : PendingCall(procedure, serial, place)
{
    // Waiters go on elsewhere: the reader loop has other answers to hand out.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => _answer.Task;

    public override bool IsAbandoned => _answer.Task.IsCanceled;

    public override void Complete(ref XdrReader reader)
    {
        if (IsAbandoned)
            return;
        try
        {
            _answer.TrySetResult(decode(ref reader));
        }
        catch (LibvirtException e)
        {
            _answer.TrySetException(new LibvirtException(e.Failure, $"the answer to {Procedure.Name} is not readable: {e.Message}", e));
        }
    }

    public override void Fail(LibvirtException failure) => _answer.TrySetException(failure);

    public override void Abandon(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);
}
