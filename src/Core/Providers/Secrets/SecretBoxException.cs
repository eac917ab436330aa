namespace Anyvisor.Core.Providers.Secrets;

/// <summary>A secret can't be encrypted or decrypted. The message names it, says why and what to do, and never holds it.</summary>
public sealed class SecretBoxException(string message, Exception? innerException = null) : Exception(message, innerException);
