using Anyvisor.Model;

namespace Anyvisor.Core.Inventory;

/// <summary>What a system says of an object beyond the common model, as UTF-8 JSON.</summary>
public sealed record NativeDocument(ObjectId Id, DateTime ObservedAt, ReadOnlyMemory<byte> Json);
