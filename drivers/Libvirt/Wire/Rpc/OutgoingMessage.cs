using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire.Rpc;

/// <summary>A message on its way to the writer loop, which disposes it.</summary>
/// <param name="Call">The call that it makes, so that one cancelled while it waits here is never sent.</param>
/// <param name="Sent">Set when the bytes are with the transport: what holds a stream's writer back.</param>
internal readonly record struct OutgoingMessage(XdrWriter Message, PendingCall? Call, TaskCompletionSource? Sent);
