using System.Net;
using System.Xml;
using Anyvisor.Driver;
using Anyvisor.Driver.Reading;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>
/// Reads an answer as it comes. A short one is fetched whole and read on the spot; a long one is read from the line by
/// a thread of its own, so that no answer is ever held whole and no pool thread waits for a slow system.
/// </summary>
internal static class SoapAnswer
{
    private const int Short = 1 << 20;

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, long limit, SoapCall call, string where, Func<XmlReader, T> read, CancellationToken cancellationToken)
    {
        var status = response.StatusCode;
        if (status is not (HttpStatusCode.OK or HttpStatusCode.InternalServerError))
            throw Refused(response, call, where);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            using var bounded = new BoundedStream(body, limit, $"The answer of {where} to {call.What}");
            var head = new byte[64 << 10];
            var length = 0;
            while (true)
            {
                var count = await bounded.ReadAsync(head.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (count == 0)
                    return Parse(new MemoryStream(head, 0, length, writable: false), limit, read);
                length += count;
                if (length < head.Length)
                    continue;
                if (length >= Short)
                    break;
                Array.Resize(ref head, head.Length * 2);
            }
            using var rest = new PrefixedStream(head, length, bounded);
            // Reading that waits is ended by taking the line away.
            using var registration = cancellationToken.UnsafeRegister(static state => ((HttpResponseMessage)state!).Dispose(), response);
            return await Task.Factory.StartNew(() => Parse(rest, limit, read), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
        catch (XmlException e) when (status == HttpStatusCode.InternalServerError)
        {
            throw new ProviderException(ProviderError.ProviderFault, $"{where} failed with HTTP 500 while {call.What}, and does not say why.", e) { NativeCode = "500", OutcomeUnknown = !call.Reads };
        }
        catch (XmlException e)
        {
            throw new ProviderException(ProviderError.ProtocolViolation, $"The answer of {where} to {call.What} can't be read: {e.Message}", e) { OutcomeUnknown = true };
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException)
        {
            throw new ProviderException(ProviderError.Unreachable, $"{where} broke off while {call.What}: {e.GetBaseException().Message}", e) { OutcomeUnknown = true };
        }
    }

    private static T Parse<T>(Stream stream, long limit, Func<XmlReader, T> read)
    {
        using var reader = HostileXml.Read(stream, limit);
        try
        {
            return read(reader);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new XmlException(e.Message, e);
        }
    }

    private static ProviderException Refused(HttpResponseMessage response, SoapCall call, string where)
    {
        var code = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return response.StatusCode switch
        {
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout =>
                new ProviderException(ProviderError.Unreachable, $"{where} is there, but its management service does not answer (HTTP {code}) while {call.What}.") { NativeCode = code, OutcomeUnknown = true },
            HttpStatusCode.NotFound =>
                new ProviderException(ProviderError.ProtocolViolation, $"{where} has no vSphere interface at that path (HTTP 404): a vCenter's or ESXi's is at /sdk.") { NativeCode = code },
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new ProviderException(ProviderError.PermissionDenied, $"{where} lets nobody in (HTTP {code}) while {call.What}: is a proxy in between?") { NativeCode = code },
            _ => new ProviderException(ProviderError.ProtocolViolation, $"{where} answered HTTP {code} while {call.What}: is it a vCenter or an ESXi?") { NativeCode = code },
        };
    }
}
