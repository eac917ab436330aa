using System.Net.Http.Headers;
using System.Xml;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>
/// Calls of the vSphere web service: signed in, renewed when the session ends, repeated where that is harmless.
/// Thread-safe.
/// </summary>
internal sealed class SoapClient : IAsyncDisposable
{
    private const int Attempts = 4;
    private const long MaxBytes = 2L << 30;
    private const string Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ProviderHttp _http;
    private readonly VSphereAddress _address;
    private readonly string _user;
    private readonly Secret _password;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _signIn = new(1);
    private readonly SemaphoreSlim _lanes = new(12);
    private volatile Session? _session;
    private string _action = "\"urn:vim25/5.5\"";

    public SoapClient(VSphereAddress address, ServerTrust trust, string user, Secret password, TimeProvider time)
    {
        (_address, _user, _password, _time) = (address, user, password, time);
        _http = new ProviderHttp(address.Root, trust, connections: 16);
        HeardAt = time.GetTimestamp();
    }

    /// <summary>What the system is and where its parts are; known once signed in.</summary>
    public ServiceContent Content { get; private set; } = ServiceContent.Unknown;

    public string Where => _address.Root.Authority;

    public Uri Root => _address.Root;

    /// <summary>When it answered last.</summary>
    public long HeardAt { get; private set; }

    /// <summary>Finds out what answers, and signs in.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var content = SoapCall.Read("RetrieveServiceContent", new MoRef("ServiceInstance", "ServiceInstance"), "asking what it is");
        Content = await ExchangeAsync(content, session: null, ServiceContent.Read, cancellationToken).ConfigureAwait(false);
        _action = $"\"urn:vim25/{Content.Speak}\"";
        _ = await SessionAsync(stale: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The session there is, or a new one.</summary>
    public Task<Session> SessionAsync(CancellationToken cancellationToken) => SessionAsync(stale: null, cancellationToken);

    public Task CallAsync(SoapCall call, CancellationToken cancellationToken) => CallAsync(call, static _ => true, cancellationToken);

    /// <summary>A call that no session is bound to: an ended session is renewed and the call sent again.</summary>
    /// <param name="call">The call.</param>
    /// <param name="read">Reads the response element.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    public async Task<T> CallAsync<T>(SoapCall call, Func<XmlReader, T> read, CancellationToken cancellationToken)
    {
        await _lanes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RepeatAsync(call, read, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = _lanes.Release();
        }
    }

    /// <summary>A call on something that was made in this session and ends with it.</summary>
    /// <exception cref="ProviderException">With <see cref="VimErrors.NotAuthenticated"/>: the session is over; make it anew.</exception>
    public async Task<T> CallInAsync<T>(Session session, SoapCall call, Func<XmlReader, T> read, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Ended);
        try
        {
            return await ExchangeAsync(call, session, read, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (session.Ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(ProviderError.AuthenticationFailed, $"The session at {Where} ended while {call.What}.") { NativeCode = VimErrors.NotAuthenticated };
        }
        catch (ProviderException e) when (e.NativeCode == VimErrors.NotAuthenticated)
        {
            await ForgetAsync(session, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
            try
            {
                _ = await ExchangeAsync(new SoapCall("Logout", Content.SessionManager, "signing off"), session, static _ => true, patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ProviderException or OperationCanceledException)
            {
                // It is gone: it forgets the session by itself.
            }
            session.End();
            session.Dispose();
        }
        _http.Dispose();
        _signIn.Dispose();
        _lanes.Dispose();
    }

    private async Task<T> RepeatAsync<T>(SoapCall call, Func<XmlReader, T> read, CancellationToken cancellationToken)
    {
        Session? stale = null;
        for (var (attempt, renewals) = (1, 0); ; attempt++)
        {
            Session? session = null;
            try
            {
                session = await SessionAsync(stale, cancellationToken).ConfigureAwait(false);
                return await ExchangeAsync(call, session, read, cancellationToken).ConfigureAwait(false);
            }
            catch (ProviderException e) when (e.NativeCode == VimErrors.NotAuthenticated && session is not null && renewals++ < 3)
            {
                stale = session; // Refused before it was done: again, with a session that all calls that wait share.
            }
            catch (ProviderException e) when (call.Reads && attempt < Attempts && e.Error is ProviderError.Unreachable or ProviderError.ProtocolViolation && IsTransient(e))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), _time, cancellationToken).ConfigureAwait(false);
            }
            catch (ProviderException e) when (call.Reads && e.OutcomeUnknown)
            {
                throw new ProviderException(e.Error, e.Message, e) { NativeCode = e.NativeCode, NativeMessage = e.NativeMessage };
            }
        }
    }

    /// <summary>The line broke or the answer is damaged: not that nothing listens or that it is not trusted.</summary>
    private static bool IsTransient(ProviderException e) => e.OutcomeUnknown || e.Error == ProviderError.ProtocolViolation;

    private async Task<T> ExchangeAsync<T>(SoapCall call, Session? session, Func<XmlReader, T> read, CancellationToken cancellationToken)
    {
        var patience = call.Patience ?? Patience;
        using var over = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, _address.Sdk) { Content = new ByteArrayContent(call.Envelope()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/xml", "utf-8");
        _ = request.Headers.TryAddWithoutValidation("SOAPAction", _action);
        _ = request.Headers.TryAddWithoutValidation("User-Agent", "anyvisor");
        if (session is not null)
            _ = request.Headers.TryAddWithoutValidation("Cookie", session.Cookie);
        try
        {
            using var response = await _http.SendAsync(request, call.What, either.Token).ConfigureAwait(false);
            var result = await SoapAnswer.ReadAsync(response, MaxBytes, call, Where, reader => Answer(reader, response, call, read), either.Token).ConfigureAwait(false);
            HeardAt = _time.GetTimestamp();
            return result;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(ProviderError.TimedOut, $"{Where} did not answer within {patience.TotalSeconds:0} s while {call.What}.") { OutcomeUnknown = !call.Reads };
        }
    }

    private T Answer<T>(XmlReader reader, HttpResponseMessage response, SoapCall call, Func<XmlReader, T> read)
    {
        if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "Envelope" || reader.NamespaceURI != Soap)
            throw new XmlException($"it is <{reader.LocalName}>, no SOAP envelope");
        var envelope = reader.Enter();
        while (reader.NextChild(envelope))
        {
            if (reader.LocalName != "Body")
            {
                reader.Skip();
                continue;
            }
            var body = reader.Enter();
            while (reader.NextChild(body))
            {
                if (reader.LocalName == "Fault" && reader.NamespaceURI == Soap)
                    throw VimErrors.Explain(VimFault.ReadSoap(reader), call.What, Where);
                if (call.Method == "Login")
                    KeepCookie(response);
                return read(reader);
            }
        }
        throw new XmlException("the SOAP envelope has nothing in its body");
    }

    private string? _cookie;

    private void KeepCookie(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Set-Cookie", out var cookies))
            return;
        foreach (var cookie in cookies)
            if (cookie.StartsWith("vmware_soap_session=", StringComparison.OrdinalIgnoreCase))
                _cookie = cookie.Split(';')[0];
    }

    /// <param name="stale">The session that the system refused; null takes whichever there is.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    private async Task<Session> SessionAsync(Session? stale, CancellationToken cancellationToken)
    {
        if (_session is { } known && known != stale)
            return known;
        await _signIn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Whoever waited finds the session that another call made: one sign-in, no storm.
            if (_session is { } made && made != stale)
                return made;
            _session = null;
            stale?.End();
            return _session = await LogInAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = _signIn.Release();
        }
    }

    private async Task ForgetAsync(Session session, CancellationToken cancellationToken)
    {
        await _signIn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_session == session)
                _session = null;
            session.End();
        }
        finally
        {
            _ = _signIn.Release();
        }
    }

    private async Task<Session> LogInAsync(CancellationToken cancellationToken)
    {
        var call = SoapCall.Read("Login", Content.SessionManager, $"signing '{_user}' in", writer =>
        {
            writer.Text("userName", _user);
            writer.Text("password", _password.Reveal());
        });
        for (var attempt = 1; ; attempt++)
        {
            _cookie = null;
            try
            {
                _ = await ExchangeAsync(call, session: null, static _ => true, cancellationToken).ConfigureAwait(false);
                return _cookie is { } cookie
                    ? new Session(cookie)
                    : throw new ProviderException(ProviderError.ProtocolViolation, $"{Where} signed us in without a session: is it a vCenter or an ESXi?") { NativeCode = "no-session" };
            }
            catch (ProviderException e) when (e.NativeCode == "InvalidLogin")
            {
                throw new ProviderException(ProviderError.AuthenticationFailed, $"{Where} does not accept the user '{_user}' with that password. A vCenter wants the domain with the name, as in administrator@vsphere.local.", e) { NativeCode = e.NativeCode, NativeMessage = e.NativeMessage };
            }
            catch (ProviderException e) when (attempt < Attempts && e.NativeCode is null && IsTransient(e))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
