namespace Anyvisor.Driver;

/// <summary>The one exception of drivers. Its message is for a person: what failed, where, and what to do.</summary>
public sealed class ProviderException : Exception
{
    public ProviderException(ProviderError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    public ProviderError Error { get; }

    /// <summary>The system's own code, as it came.</summary>
    public string? NativeCode { get; init; }

    /// <summary>The system's own message, as it came.</summary>
    public string? NativeMessage { get; init; }

    /// <summary>
    /// Whether the call may have been carried out although no answer came: whoever repeats it has to look first.
    /// </summary>
    public bool OutcomeUnknown { get; init; }

    /// <summary>The same, of a call that may have been carried out.</summary>
    internal ProviderException WithUnknownOutcome() => new(Error, Message, InnerException) { NativeCode = NativeCode, NativeMessage = NativeMessage, OutcomeUnknown = true };
}
