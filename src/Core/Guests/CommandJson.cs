using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests;

/// <summary>How a guest is to be deleted.</summary>
internal sealed record DeleteOptions(bool KeepDisks);

/// <summary>Which snapshot is meant, by id or name.</summary>
internal sealed record SnapshotTarget(string Snapshot);

/// <param name="Verb">What is asked.</param>
/// <param name="Settings">Of a start; null where there are none.</param>
internal sealed record PowerBody(Verb Verb, ImmutableDictionary<string, string>? Settings = null);

/// <summary>What a bulk task does to each of its items.</summary>
internal sealed record BulkBody(Verb Action, Role Role);

/// <summary>Bodies of tasks that are not requests of the API.</summary>
[JsonSerializable(typeof(DeleteOptions))]
[JsonSerializable(typeof(SnapshotTarget))]
[JsonSerializable(typeof(PowerBody))]
[JsonSerializable(typeof(BulkBody))]
[JsonSerializable(typeof(ImmutableDictionary<string, string>))]
internal sealed partial class CommandJson : JsonSerializerContext;
