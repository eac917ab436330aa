namespace Anyvisor.Core.Inventory.Filters;

/// <summary>What kind of value a field has, and so which comparisons it takes.</summary>
internal enum FieldType : byte
{
    Text,

    /// <summary>One of a closed list.</summary>
    Word,
    Number,

    /// <summary>Bytes.</summary>
    Size,

    /// <summary>UTC, compared by ticks.</summary>
    Time,
    Flag,
}
