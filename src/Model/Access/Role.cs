using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

/// <summary>What a token may do; each includes the ones before it.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Role>))]
public enum Role : byte
{
    /// <summary>Reads everything but tokens and the audit log.</summary>
    Viewer,

    /// <summary>Works on guests, images and tasks.</summary>
    Operator,

    /// <summary>Providers, tokens, audit.</summary>
    Admin,
}
