using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.PowerVm.Wire;

/// <summary>What the console's errors mean in the contract's closed set: the one table.</summary>
internal static partial class HmcErrors
{
    /// <summary>The code of a change to what somebody else changed meanwhile.</summary>
    public const string Stale = "412";

    /// <summary>The code of what is not there, in the console's own words.</summary>
    public const string NoSuchObject = "REST000B";

    private static readonly FrozenDictionary<string, ProviderError> Codes = new Dictionary<string, ProviderError>
    {
        ["REST000B"] = ProviderError.NotFound,
        ["HSCL2957"] = ProviderError.Conflict,
        ["HSCL3205"] = ProviderError.NotFound,
        ["HSCL350B"] = ProviderError.PermissionDenied,
        ["HSCL8012"] = ProviderError.NotFound,
        ["HSCL8018"] = ProviderError.NotFound,
        ["HSCL03EC"] = ProviderError.CapacityExceeded,
        ["HSCL03ED"] = ProviderError.CapacityExceeded,
        ["HSCLA24E"] = ProviderError.NotCapable,
        ["HSCLA27C"] = ProviderError.NotCapable,
        ["HSCLA319"] = ProviderError.NotCapable,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Words of the console's sentences, for the thousands of codes that no table lists; the first that is there counts.</summary>
    private static readonly (string Words, ProviderError Error)[] Phrases =
    [
        ("not authorized", ProviderError.PermissionDenied),
        ("does not have the appropriate authority", ProviderError.PermissionDenied),
        ("permission", ProviderError.PermissionDenied),
        ("was not found", ProviderError.NotFound),
        ("does not exist", ProviderError.NotFound),
        ("could not be found", ProviderError.NotFound),
        ("not enough", ProviderError.CapacityExceeded),
        ("insufficient", ProviderError.CapacityExceeded),
        ("exceeds the available", ProviderError.CapacityExceeded),
        ("not available in the system", ProviderError.CapacityExceeded),
        ("already", ProviderError.Conflict),
        ("no rmc connection", ProviderError.Conflict),
        ("partition state", ProviderError.Conflict),
        ("in use", ProviderError.Conflict),
        ("does not support", ProviderError.NotCapable),
        ("not capable", ProviderError.NotCapable),
        ("not supported", ProviderError.NotCapable),
        ("not valid", ProviderError.InvalidArgument),
        ("invalid", ProviderError.InvalidArgument),
    ];

    /// <summary>An answer whose status says that the call failed.</summary>
    public static ProviderException Explain(HmcAnswer answer, string what, string where)
    {
        var (reason, message) = Said(answer);
        var native = message ?? reason;
        var status = ((int)answer.Status).ToString(CultureInfo.InvariantCulture);
        // Whoever edits has to know that somebody else was faster, whatever code the sentence has.
        var code = answer.Status == HttpStatusCode.PreconditionFailed ? Stale : CodeIn(native) ?? status;
        var words = native ?? $"HTTP {(int)answer.Status} without a word";
        return new ProviderException(Of(answer.Status, code, native), $"{where} failed {what}: {words}") { NativeCode = code, NativeMessage = native };
    }

    /// <summary>A job that ended otherwise than well.</summary>
    public static ProviderException OfJob(string message, string status, string what) =>
        new(OfText(message) ?? ProviderError.ProviderFault, $"{Sentence(what)} failed: {message}") { NativeCode = CodeIn(message) ?? status, NativeMessage = message };

    public static ProviderException SignInRefused(HmcAnswer answer, string user, string where)
    {
        var (reason, message) = Said(answer);
        var native = message ?? reason;
        return new ProviderException(
            answer.Status == HttpStatusCode.Forbidden ? ProviderError.PermissionDenied : ProviderError.AuthenticationFailed,
            $"{where} refuses the user {user}{(native is null ? "" : $": {native}")}. Check user and password, that the user may use the web services (remote_webui_access=1), and that its sessions are not used up")
        {
            NativeCode = CodeIn(native) ?? ((int)answer.Status).ToString(CultureInfo.InvariantCulture),
            NativeMessage = native,
        };
    }

    /// <summary>The console's own code in its sentence; null where there is none.</summary>
    public static string? CodeIn(string? text) => text is not null && Code().Match(text) is { Success: true } found ? found.Value : null;

    /// <summary>What a sentence says; null where it says nothing that we know.</summary>
    public static ProviderError? OfText(string text)
    {
        foreach (Match code in Code().Matches(text))
            if (Codes.TryGetValue(code.Value, out var known))
                return known;
        foreach (var (words, error) in Phrases)
            if (text.Contains(words, StringComparison.OrdinalIgnoreCase))
                return error;
        return null;
    }

    private static ProviderError Of(HttpStatusCode status, string code, string? text) =>
        Codes.TryGetValue(code, out var known) ? known
        : status switch
        {
            HttpStatusCode.Unauthorized => ProviderError.AuthenticationFailed,
            HttpStatusCode.Forbidden => ProviderError.PermissionDenied,
            HttpStatusCode.NotFound or HttpStatusCode.Gone => ProviderError.NotFound,
            HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => ProviderError.Conflict,
            HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout => ProviderError.TimedOut,
            HttpStatusCode.ServiceUnavailable => ProviderError.Unreachable,
            _ => text is not null && OfText(text) is { } said ? said
                : status == HttpStatusCode.BadRequest ? ProviderError.InvalidArgument
                : ProviderError.ProviderFault,
        };

    private static (string? Reason, string? Message) Said(HmcAnswer answer)
    {
        if (answer.IsEmpty)
            return default;
        XElement root;
        try
        {
            root = answer.Xml("an error");
        }
        catch (ProviderException)
        {
            return default; // A proxy's page, or a damaged one: the status is all there is.
        }
        var error = root.DescendantsAndSelf().FirstOrDefault(e => e.Is("HttpErrorResponse"));
        return (error.Text("ReasonCode"), error.Text("Message"));
    }

    private static string Sentence(string what) => char.ToUpperInvariant(what[0]) + what[1..];

    [GeneratedRegex(@"\b(HSC[A-Z]{1,2}[0-9A-F]{4}|REST[0-9A-F]{4}|VIOS[A-Z]?[0-9A-F]{6,8}|PVM[A-Z]?[0-9A-F]{4,8})\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
