namespace Anyvisor.Core.Inventory.Filters;

/// <summary>A field's value as sorting sees it: an absent one comes before all others, texts go by their folded spelling.</summary>
internal readonly record struct SortValue(bool Present, long Number, string? Text) : IComparable<SortValue>
{
    internal static SortValue Of(string? text) => text is null ? default : new SortValue(true, 0, TextPattern.Fold(text));

    internal static SortValue Of(long? number) => number is { } n ? new SortValue(true, n, null) : default;

    public int CompareTo(SortValue other)
    {
        if (Present != other.Present)
            return Present ? 1 : -1;
        return Text is null || other.Text is null ? Number.CompareTo(other.Number) : string.CompareOrdinal(Text, other.Text);
    }
}
