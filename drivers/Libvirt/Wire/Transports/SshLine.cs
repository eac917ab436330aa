using System.Diagnostics;
using System.Text;
using Anyvisor.Driver.Ssh;

namespace Anyvisor.Drivers.Libvirt.Wire.Transports;

/// <summary>A line through an ssh process; what ssh says on its standard error explains its end.</summary>
internal sealed class SshLine : Line
{
    private const int KeptText = 4096;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly LibvirtUri _uri;
    private readonly TimeProvider _time;
    private readonly StringBuilder _said = new();
    private readonly Task _listening;

    public SshLine(Process process, LibvirtUri uri, TimeProvider time)
        : base(new DuplexStream(process.StandardOutput.BaseStream, process.StandardInput.BaseStream), $"libvirt at {uri.Host} over SSH", isSecure: true)
    {
        _process = process;
        _uri = uri;
        _time = time;
        _listening = ListenAsync();
    }

    public override async ValueTask<LibvirtException> ExplainAsync(LibvirtException failure)
    {
        try
        {
            // The last words come just before the end; a background process may hold the pipe open longer.
            await _listening.WaitAsync(LastWords, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What was said so far must do.
        }
        var said = Said();
        return said.Length == 0 || failure.Failure != LibvirtFailure.Transport ? failure : Classify(said, _uri.Host, failure);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
        await _listening.ConfigureAwait(false);
        _process.Dispose();
    }

    internal static LibvirtException Classify(string said, string host, LibvirtException failure)
    {
        var why = SshFailure.Explain(said, host);
        return why.Kind switch
        {
            SshFailureKind.HostIdentity => LibvirtException.HostIdentity(why.Message),
            SshFailureKind.Refused => LibvirtException.Authentication($"{why.Message} (keyfile= in the URL names the key)", failure),
            _ => LibvirtException.Transport(why.Message, failure),
        };
    }

    private async Task ListenAsync()
    {
        var buffer = new char[1024];
        try
        {
            int read;
            while ((read = await _process.StandardError.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                lock (_said)
                    _said.Append(buffer, 0, Math.Min(read, KeptText - _said.Length));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process is gone, and what it said is kept.
        }
    }

    private string Said()
    {
        lock (_said)
            return SshFailure.Words(_said.ToString());
    }
}
