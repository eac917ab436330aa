using System.Text.Json.Serialization;
using Anyvisor.Model;

namespace Anyvisor.Core.Images;

/// <summary>What an import's task needs to know.</summary>
internal sealed record ImportBody(string Name, string File, string Format, long Capacity, long Length, Architecture Arch, string? Description, OsFamily Os = OsFamily.Unknown);

[JsonSerializable(typeof(ImportBody))]
internal sealed partial class ImageJson : JsonSerializerContext;
