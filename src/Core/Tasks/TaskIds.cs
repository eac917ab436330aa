using System.Buffers.Binary;
using System.Security.Cryptography;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>Task ids: milliseconds and chance, in the alphabet of object ids, so they sort by time of creation.</summary>
internal static class TaskIds
{
    public static string Create(TimeProvider time)
    {
        Span<byte> random = stackalloc byte[10];
        RandomNumberGenerator.Fill(random);
        var milliseconds = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        var high = (milliseconds << 16) | BinaryPrimitives.ReadUInt16BigEndian(random);
        return new ObjectId(high, BinaryPrimitives.ReadUInt64BigEndian(random[2..])).ToString();
    }

    /// <summary>When the id was made, UTC.</summary>
    public static DateTime TimeOf(string id) => DateTimeOffset.FromUnixTimeMilliseconds((long)(ObjectId.Parse(id).High >> 16)).UtcDateTime;
}
