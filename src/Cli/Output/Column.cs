using System.Text.Json;

namespace Anyvisor.Cli.Output;

/// <summary>One column of a table.</summary>
/// <param name="Header">In capitals, as tables on a terminal have it.</param>
/// <param name="Fields">The JSON fields that it is made from, by comma: only these are asked for.</param>
/// <param name="Text">What it says of an item.</param>
internal sealed record Column(string Header, string Fields, Func<JsonElement, TimeProvider, string> Text)
{
    /// <summary>A column that says one field as it is.</summary>
    internal Column(string header, string field)
        : this(header, field, (item, _) => item.Text(field)) { }

    /// <summary>Only with -o wide.</summary>
    internal bool Wide { get; init; }

    /// <summary>Numbers stand to the right.</summary>
    internal bool Right { get; init; }

    /// <summary>Words of state have colours on a terminal.</summary>
    internal bool State { get; init; }

    internal static Column Bytes(string header, string field) =>
        new(header, field, (item, _) => item.Bytes(field)) { Right = true };

    internal static Column Number(string header, string field) => new(header, field) { Right = true };

    internal static Column Ago(string header, string field) => new(header, field, (item, time) => item.Ago(field, time));
}
