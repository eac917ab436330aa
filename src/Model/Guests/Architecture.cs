using System.Text.Json.Serialization;

namespace Anyvisor.Model;

/// <summary>An instruction set, by the names that the field writes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Architecture>))]
public enum Architecture : byte
{
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    [JsonStringEnumMemberName("x86_64")]
    X86_64,

    [JsonStringEnumMemberName("i686")]
    I686,

    [JsonStringEnumMemberName("aarch64")]
    Aarch64,

    [JsonStringEnumMemberName("ppc64")]
    Ppc64,

    [JsonStringEnumMemberName("ppc64le")]
    Ppc64le,

    [JsonStringEnumMemberName("s390x")]
    S390x,

    [JsonStringEnumMemberName("sparcv9")]
    Sparcv9,

    [JsonStringEnumMemberName("riscv64")]
    Riscv64,
}
