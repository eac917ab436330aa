namespace Anyvisor.Core.Store;

/// <summary>Times in the store are milliseconds since 1970 UTC: they sort, and mean the same to every engine.</summary>
public static class StoreTime
{
    public static long ToStore(DateTime utc) => new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static long? ToStore(DateTime? utc) => utc is { } value ? ToStore(value) : null;

    public static DateTime FromStore(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime;

    public static DateTime? FromStore(long? milliseconds) => milliseconds is { } value ? FromStore(value) : null;
}
