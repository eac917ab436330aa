using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Anyvisor.Model.Json;

namespace Anyvisor.Model;

[JsonConverter(typeof(KebabCaseEnumConverter<SettingType>))]
public enum SettingType : byte
{
    Text,
    Integer,
    Boolean,
    Choice,

    /// <summary>A length of time in seconds or with a unit: <c>30</c>, <c>2m</c>.</summary>
    Duration,
    Secret,
}

/// <summary>One setting that a driver takes: CLI flags and web forms are made from it.</summary>
public sealed record Setting
{
    public required string Name { get; init; }
    public SettingType Type { get; init; }
    public bool Required { get; init; }
    public required string Help { get; init; }
    public string? Default { get; init; }
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Whether the value is encrypted at rest and never shown again.</summary>
    public bool Secret => Type == SettingType.Secret;
}

/// <summary>What a driver is and can do, generated from its code.</summary>
public sealed record DriverInfo
{
    public required string Kind { get; init; }
    public required string Description { get; init; }

    /// <summary>URLs as people write them, for help texts.</summary>
    public ImmutableArray<string> UrlExamples { get; init; } = [];
    public ImmutableArray<Setting> Settings { get; init; } = [];

    /// <summary>Settings of a guest (<c>guest create --set key=value</c>).</summary>
    public ImmutableArray<Setting> GuestSettings { get; init; } = [];

    /// <summary>Settings of a start (<c>guest start --set key=value</c>).</summary>
    public ImmutableArray<Setting> StartSettings { get; init; } = [];

    /// <summary>The level of each verb that the driver implements; a verb that is not here is not possible.</summary>
    public ImmutableSortedDictionary<Verb, ActionLevel> Verbs { get; init; } = ImmutableSortedDictionary<Verb, ActionLevel>.Empty;
}
