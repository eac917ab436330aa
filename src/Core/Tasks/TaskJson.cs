using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Anyvisor.Core.Tasks;

/// <summary>JSON of the journal's own columns.</summary>
[JsonSerializable(typeof(ImmutableSortedDictionary<string, string>))]
[JsonSerializable(typeof(ImmutableArray<string>))]
internal sealed partial class TaskJson : JsonSerializerContext;
