using System.Globalization;

namespace Anyvisor.Server.Startup;

/// <summary>Reads a size as people write it: bytes, or with an IEC unit (<c>64GiB</c>).</summary>
internal static class ByteSize
{
    internal static long Parse(string flag, string text)
    {
        var digits = text.AsSpan().TrimEnd("KMGTiB");
        var shift = text.AsSpan(digits.Length) switch
        {
            "" or "B" => 0,
            "KiB" => 10,
            "MiB" => 20,
            "GiB" => 30,
            "TiB" => 40,
            _ => -1,
        };
        if (shift < 0 || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue >> shift)
            throw new UsageException($"{flag} is a number of bytes, or has a unit as in 64GiB (KiB, MiB, GiB, TiB), not '{text}'.");
        return number << shift;
    }
}
