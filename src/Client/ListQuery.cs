using System.Globalization;
using System.Text;

namespace Anyvisor.Client;

/// <summary>What to list: filter, order and how much of it.</summary>
public sealed record ListQuery
{
    /// <summary>The most that the API gives in one page.</summary>
    public const int LargestPage = 1000;

    public string? Filter { get; init; }

    /// <summary>Fields by comma, <c>-</c> before one turns its order: <c>-memory,name</c>.</summary>
    public string? Sort { get; init; }

    /// <summary>Names of the fields that are wanted, by comma; null wants them all.</summary>
    public string? Fields { get; init; }

    /// <summary>At most so many in all; null lists everything.</summary>
    public long? Limit { get; init; }

    /// <summary>Whether the list comes in pages; a short one takes no limit.</summary>
    public bool Paged { get; init; } = true;

    /// <summary>Further parameters that one list alone takes.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> More { get; init; } = [];

    internal string Path(string path, long left, string? cursor)
    {
        var text = new StringBuilder(path);
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        Add("limit", !Paged ? null : Math.Min(left, LargestPage).ToString(CultureInfo.InvariantCulture));
        Add("filter", Filter);
        Add("sort", Sort);
        Add("fields", Fields);
        foreach (var (name, value) in More)
            Add(name, value);
        Add("cursor", cursor);
        return text.ToString();

        void Add(string name, string? value)
        {
            if (string.IsNullOrEmpty(value))
                return;
            text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
    }
}
