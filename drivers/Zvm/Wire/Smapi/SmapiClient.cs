using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;

namespace Anyvisor.Drivers.Zvm.Wire.Smapi;

/// <summary>
/// The Systems Management API over TCP: one connection a request, three at a time. What only reads is tried again when
/// the line breaks, since the server restarts itself now and then; what changes something never. Thread-safe.
/// </summary>
internal sealed class SmapiClient(Uri root, ServerTrust trust, string user, Secret? password, int parallel) : IDisposable
{
    private const int Tries = 3;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _slots = new(parallel);

    internal string Where => root.Authority;

    internal string User => user;

    /// <summary>Sends what only reads.</summary>
    internal async Task<SmapiReply> QueryAsync(string function, string target, Action<SmapiWriter>? parameters, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ReadDeadline);
        for (var attempt = 1; ; attempt++)
            try
            {
                return await SendAsync(function, target, parameters, deadline.Token).ConfigureAwait(false);
            }
            catch (ProviderException e) when (attempt < Tries && e.NativeCode is null && e.Error is ProviderError.Unreachable or ProviderError.ProtocolViolation && attempt < Tries)
            {
                continue;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ProviderException(ProviderError.TimedOut, $"{Where} did not answer {function} within {ReadDeadline.TotalSeconds} s");
            }
    }

    /// <summary>Sends once, and gives the answer whatever its codes.</summary>
    /// <exception cref="ProviderException">The line failed, or what came is no answer.</exception>
    internal async Task<SmapiReply> SendAsync(string function, string target, Action<SmapiWriter>? parameters, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        var sent = false;
        try
        {
            using var socket = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            await using var line = await SecureAsync(new NetworkStream(socket, ownsSocket: false), cancellationToken).ConfigureAwait(false);
            var request = SmapiWriter.Request(function, user, password?.Reveal() ?? "", target, parameters);
            sent = true;
            await line.WriteAsync(request, cancellationToken).ConfigureAwait(false);
            await line.FlushAsync(cancellationToken).ConfigureAwait(false);
            return await ReceiveAsync(line, function, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException e)
        {
            throw new ProviderException(ProviderError.Unreachable, $"{Where} broke off inside its answer to {function}", e) { OutcomeUnknown = true };
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new ProviderException(ProviderError.Unreachable, $"{Where} broke off during {function}: {e.GetBaseException().Message}", e) { OutcomeUnknown = sent };
        }
        catch (ProviderException e) when (sent && e.Error == ProviderError.ProtocolViolation)
        {
            throw new ProviderException(e.Error, e.Message, e) { OutcomeUnknown = true };
        }
        finally
        {
            _slots.Release();
        }
    }

    internal ProviderException Failure(SmapiReply reply, string function, string target, string what) =>
        new(ReturnCodes.OfSmapi(reply.ReturnCode, reply.ReasonCode), string.Create(CultureInfo.InvariantCulture, $"{Where} failed {what}: {ReturnCodes.Words(reply.ReturnCode, reply.ReasonCode)} ({function} of {target}: rc {reply.ReturnCode}, rs {reply.ReasonCode})"))
        {
            NativeCode = reply.Code,
            NativeMessage = reply.Words(function),
        };

    public void Dispose() => _slots.Dispose();

    private static async Task<SmapiReply> ReceiveAsync(Stream line, string function, CancellationToken cancellationToken)
    {
        var head = new byte[8];
        await line.ReadExactlyAsync(head, cancellationToken).ConfigureAwait(false);
        var accepted = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(head);
        var length = SmapiReply.Length(head.AsSpan(4), function);
        // Room is made as bytes come, not as the length promises.
        using var body = new MemoryStream(Math.Min(length, 1 << 16));
        var part = new byte[1 << 16];
        while (body.Length < length)
        {
            var count = await line.ReadAsync(part.AsMemory(0, (int)Math.Min(part.Length, length - body.Length)), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                throw new EndOfStreamException();
            body.Write(part, 0, count);
        }
        return SmapiReply.ParseBody(body.ToArray(), accepted, function);
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ConnectTimeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(root.IdnHost, root.Port, patience.Token).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new ProviderException(ProviderError.Unreachable, e.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData => $"There is no host {root.IdnHost} ({e.Message}): is the URL right?",
                SocketError.ConnectionRefused => $"Nothing listens at {Where}: is VSMREQIN up, and the URL's port right ({ZvmAddress.SmapiPort} is the usual one)?",
                _ => $"{Where} can't be reached: {e.Message}",
            }, e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new ProviderException(ProviderError.Unreachable, $"{Where} did not take the connection within {ConnectTimeout.TotalSeconds} s");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream plain, CancellationToken cancellationToken)
    {
        if (root.Scheme != "smapis")
            return plain;
        string? objection = null;
        var secure = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = root.IdnHost,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) => (objection = trust.Judge(certificate, errors, root.IdnHost, chain)) is null,
            }, cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch (AuthenticationException e)
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw new ProviderException(ProviderError.Unreachable, objection is null ? $"TLS with {Where} failed: {e.Message}. Does the management API speak TLS there?" : $"{Where} is not trusted: {objection}", e);
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
