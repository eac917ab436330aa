namespace Anyvisor.Core.Inventory;

/// <summary>Orders places in a list by their sort values, each up or down, then by id.</summary>
internal sealed class SortOrder(bool[] descending) : IComparer<PageCursor>
{
    public int Compare(PageCursor? left, PageCursor? right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        for (var i = 0; i < descending.Length; i++)
        {
            var order = left.Values[i].CompareTo(right.Values[i]);
            if (order != 0)
                return descending[i] ? -order : order;
        }
        return left.Id.CompareTo(right.Id);
    }
}
