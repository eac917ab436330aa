using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anyvisor.Model.Json;

/// <summary>The API's JSON: camelCase, nothing for null, UTC times. Generated code, no reflection.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip
)]
[JsonSerializable(typeof(Page<Guest>))]
[JsonSerializable(typeof(Page<Host>))]
[JsonSerializable(typeof(Page<Cluster>))]
[JsonSerializable(typeof(Page<Image>))]
[JsonSerializable(typeof(Page<Size>))]
[JsonSerializable(typeof(Page<Volume>))]
[JsonSerializable(typeof(Page<Datastore>))]
[JsonSerializable(typeof(Page<Network>))]
[JsonSerializable(typeof(Page<Snapshot>))]
[JsonSerializable(typeof(Page<Provider>))]
[JsonSerializable(typeof(Page<DriverInfo>))]
[JsonSerializable(typeof(Page<TaskInfo>))]
[JsonSerializable(typeof(Page<HistoryEntry>))]
[JsonSerializable(typeof(Page<ApiToken>))]
[JsonSerializable(typeof(Page<AuditRecord>))]
[JsonSerializable(typeof(Page<Event>))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(System.Collections.Immutable.ImmutableArray<FieldChange>))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Plan))]
[JsonSerializable(typeof(GuestMetrics))]
[JsonSerializable(typeof(ConsoleTicket))]
[JsonSerializable(typeof(NewApiToken))]
[JsonSerializable(typeof(ServerAbout))]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(AddToken))]
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
[JsonSerializable(typeof(JsonElement))]
public sealed partial class ModelJson : JsonSerializerContext;
