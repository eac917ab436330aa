namespace Anyvisor.Core.Inventory.Filters;

/// <summary>How a term compares its field with its values.</summary>
public enum FilterOperator : byte
{
    /// <summary><c>:</c> or <c>=</c>: is one of the values; <c>*</c> and <c>?</c> are wildcards outside quotes.</summary>
    Is,

    /// <summary><c>~</c>: contains one of the values, or, with a wildcard in it, is like it.</summary>
    Like,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary>Words without a field: any of the texts that people search by contains them.</summary>
    Text,
}
