using System.Collections.Immutable;
using System.Text.Json;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm.Systems;

/// <summary>One z/VM system, as it says itself. Sizes are bytes.</summary>
internal sealed record SystemFacts
{
    /// <summary>The system's name: <c>OPNSTK2</c>.</summary>
    public required string Name { get; init; }

    /// <summary>As in <c>7.3.0</c>; null where it does not say.</summary>
    public string? Version { get; init; }
    public string? Model { get; init; }
    public int Cpus { get; init; }
    public long Memory { get; init; }
    public long? FreeMemory { get; init; }

    /// <summary>The connector's own user, where it is one: its guest serves us.</summary>
    public string? ServiceUser { get; init; }

    /// <summary>Bytes of the disk pool that the connector gives out.</summary>
    public long? DiskTotal { get; init; }
    public long? DiskAvailable { get; init; }

    /// <summary>The whole answer.</summary>
    public ReadOnlyMemory<byte> Native { get; init; }
}

/// <summary>A Single System Image cluster: its name, and its members with their states.</summary>
internal sealed record ClusterFacts(string Name, ImmutableArray<MemberFacts> Members);

/// <param name="Name">The member's system name.</param>
/// <param name="State">z/VM's word: <c>Joined</c>, <c>Down</c>, <c>Isolated</c>...</param>
internal sealed record MemberFacts(string Name, string State);

/// <summary>What runs now of a user that is logged on.</summary>
/// <param name="Cpus">How many processors it has, where that is told.</param>
/// <param name="Memory">Bytes it is defined with, where that is told.</param>
internal sealed record RunningFacts(int? Cpus = null, long? Memory = null);

/// <summary>An adapter of a running user.</summary>
internal sealed record AdapterFacts(string Vdev, string? Lan, MacAddress? Mac, ImmutableArray<string> Addresses);

/// <summary>What is known inside a running user.</summary>
internal sealed record InsideFacts(string? Os, string? Kernel);

internal sealed record NetworkFacts(string Name, bool Active, string? Type, int? Vlan, ImmutableArray<string> RealDevices, ReadOnlyMemory<byte> Native = default);

internal sealed record ImageFacts(string Name, string? Os, long? Capacity, long? Size, string? Type, ReadOnlyMemory<byte> Native = default);

/// <summary>A user to make.</summary>
/// <param name="UserId">In upper case.</param>
/// <param name="Vcpus">How many.</param>
/// <param name="Memory">Bytes, whole MiB.</param>
/// <param name="MaxMemory">Bytes.</param>
/// <param name="MaxVcpus">How many at most.</param>
/// <param name="Disk">Bytes of the first disk.</param>
/// <param name="Pool">Where it comes from: <c>ECKD:POOL1</c>; null for the connector's own.</param>
/// <param name="Profile">An INCLUDE.</param>
/// <param name="Networks">VSWITCHes.</param>
/// <param name="Task">For the mark.</param>
internal sealed record NewUser(string UserId, int Vcpus, long Memory, long MaxMemory, int MaxVcpus, long Disk, string? Pool, string? Profile, ImmutableArray<string> Networks, string Task);

/// <summary>One answer about many counters of one running user. Counters are totals.</summary>
internal sealed record CounterFacts(long CpuMicroseconds, long? UsedMemory, long? ReceivedBytes, long? SentBytes);

internal static class NativeText
{
    internal static ReadOnlyMemory<byte> Of(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? JsonBytes(element) : default;

    private static byte[] JsonBytes(JsonElement element)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
            element.WriteTo(writer);
        return bytes.ToArray();
    }
}
