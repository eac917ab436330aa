using System.Text;
using System.Text.Json;

namespace Anyvisor.Cli.Output;

/// <summary>
/// A table that is written as its rows come: the first page settles the widths, so a list of a million is never held.
/// On a terminal it is cut to fit the width; in a pipe nothing is cut.
/// </summary>
internal sealed class Table(IReadOnlyList<Column> columns, Surroundings surroundings)
{
    private const int Gap = 2;
    private const int Narrowest = 8;
    private int[]? _widths;

    internal void Write(IEnumerable<JsonElement> items)
    {
        var rows = items.Select(item => columns.Select(column => column.Text(item, surroundings.Time)).ToArray()).ToList();
        if (_widths is null)
        {
            _widths = Widths(rows);
            WriteRow([.. columns.Select(static c => c.Header)], header: true);
        }
        foreach (var row in rows)
            WriteRow(row, header: false);
    }

    private int[] Widths(List<string[]> rows)
    {
        var widths = new int[columns.Count];
        for (var i = 0; i < widths.Length; i++)
            widths[i] = Math.Max(columns[i].Header.Length, rows.Count == 0 ? 0 : rows.Max(row => CellWidth.Of(row[i])));
        if (surroundings.Width <= 0)
            return widths;
        // The widest column gives first, so a long list of addresses does not cut the names.
        var excess = widths.Sum() + (Gap * (widths.Length - 1)) - surroundings.Width;
        while (excess > 0)
        {
            var widest = Array.IndexOf(widths, widths.Max());
            if (widths[widest] <= Narrowest)
                break;
            widths[widest]--;
            excess--;
        }
        return widths;
    }

    private void WriteRow(string[] cells, bool header)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            var last = i == cells.Length - 1;
            var text = cells[i].Length == 0 ? "-" : surroundings.Width > 0 ? CellWidth.Cut(cells[i], _widths![i]) : cells[i];
            var padding = new string(' ', Math.Max(0, _widths![i] - CellWidth.Of(text)));
            var cell = columns[i].Right ? padding + text : last ? text : text + padding;
            line.Append(header || !columns[i].State || !surroundings.Colours ? cell : StateColours.Paint(cells[i], cell));
            if (!last)
                line.Append(' ', Gap);
        }
        surroundings.Out.Write(line.ToString().TrimEnd(' '));
        surroundings.Out.Write('\n');
    }
}
