using System.Text.Json;
using System.Text.Json.Serialization;
using Anyvisor.Model;

namespace Anyvisor.Server.Json;

/// <summary>Metadata of the requests' bodies, apart from the model's own: they are read with stricter rules.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(CreateGuest))]
[JsonSerializable(typeof(PatchGuest))]
[JsonSerializable(typeof(CloneGuest))]
[JsonSerializable(typeof(CaptureGuest))]
[JsonSerializable(typeof(StartGuest))]
[JsonSerializable(typeof(CreateSnapshot))]
[JsonSerializable(typeof(MigrateGuest))]
[JsonSerializable(typeof(BulkAction))]
[JsonSerializable(typeof(AddProvider))]
[JsonSerializable(typeof(PatchProvider))]
[JsonSerializable(typeof(AddToken))]
[JsonSerializable(typeof(SignIn))]
internal sealed partial class ServerJson : JsonSerializerContext;
