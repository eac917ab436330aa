using System.Collections.Immutable;

namespace Anyvisor.Core.Inventory.Filters;

/// <summary>A field of one kind of object: its name in filters and sorts, and how to read it.</summary>
internal sealed record Field<T>
{
    private readonly Func<T, string?, string?>? _text;
    private readonly Func<T, IEnumerable<string?>>? _texts;
    private readonly Func<T, long?>? _number;
    private readonly Func<T, int>? _word;

    private Field(
        string name,
        FieldType type,
        Func<T, string?, string?>? text = null,
        Func<T, IEnumerable<string?>>? texts = null,
        Func<T, long?>? number = null,
        Func<T, int>? word = null
    ) => (Name, Type, _text, _texts, _number, _word) = (name, type, text, texts, number, word);

    internal string Name { get; }

    internal FieldType Type { get; }

    internal ImmutableArray<string> Aliases { get; private init; } = [];

    /// <summary>Whether words without a field look here.</summary>
    internal bool Searched { get; private init; }

    /// <summary>Whether it is written <c>NAME.KEY</c>.</summary>
    internal bool Keyed { get; private init; }

    /// <summary>The values of a <see cref="FieldType.Word"/>.</summary>
    internal ImmutableArray<string> Words { get; private init; } = [];

    internal bool Sortable => !Keyed && _texts is null;

    internal static Field<T> OfText(string name, Func<T, string?> read) => new(name, FieldType.Text, text: (item, _) => read(item));

    internal static Field<T> OfTexts(string name, Func<T, IEnumerable<string?>> read) => new(name, FieldType.Text, texts: read);

    internal static Field<T> OfKey(string name, Func<T, string, string?> read) =>
        new(name, FieldType.Text, text: (item, key) => read(item, key ?? "")) { Keyed = true };

    internal static Field<T> OfNumber(string name, Func<T, long?> read) => new(name, FieldType.Number, number: read);

    internal static Field<T> OfSize(string name, Func<T, long?> read) => new(name, FieldType.Size, number: read);

    internal static Field<T> OfTime(string name, Func<T, DateTime?> read) => new(name, FieldType.Time, number: item => read(item)?.Ticks);

    internal static Field<T> OfFlag(string name, Func<T, bool> read) =>
        new(name, FieldType.Flag, word: item => read(item) ? 1 : 0) { Words = ["false", "true"] };

    internal static Field<T> OfWord<TEnum>(string name, Func<T, TEnum> read)
        where TEnum : struct, Enum
    {
        var words = Filters.Words<TEnum>.All;
        return new(name, FieldType.Word, word: item => Convert.ToInt32(read(item), System.Globalization.CultureInfo.InvariantCulture)) { Words = words };
    }

    /// <summary>The same field, under these other names too.</summary>
    internal Field<T> Called(params ImmutableArray<string> aliases) => this with { Aliases = aliases };

    /// <summary>The same field, found by words without a field.</summary>
    internal Field<T> AsSearched() => this with { Searched = true };

    internal bool Fits(T item, Check check, string? key)
    {
        switch (check)
        {
            case Check.OfNumber number:
                return number.Fits(_number!(item));
            case Check.OfWord word:
                return word.Fits(_word!(item));
            case Check.OfText text when _texts is null:
                // Words and numbers are read as text only by search without a field.
                return text.Fits(_text is null ? null : _text(item, key));
            case Check.OfText text:
                return FitsAny(text, _texts!(item));
            default:
                return false;
        }
    }

    internal SortValue Sort(T item) =>
        _text is not null ? SortValue.Of(_text(item, null))
        : _number is not null ? SortValue.Of(_number(item))
        : SortValue.Of(Words[_word!(item)]);

    /// <summary>The value as the API writes it; null for an absent one.</summary>
    internal string? Show(T item)
    {
        if (_texts is not null)
            return string.Join(", ", _texts(item)) is { Length: > 0 } all ? all : null;
        if (_text is not null)
            return _text(item, null);
        if (_number is null)
            return Words[_word!(item)];
        return _number(item) is not { } number ? null
            : Type == FieldType.Time ? new DateTime(number, DateTimeKind.Utc).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", System.Globalization.CultureInfo.InvariantCulture)
            : number.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>An empty list fits only the empty pattern, as an absent text does.</summary>
    private static bool FitsAny(Check.OfText check, IEnumerable<string?> values)
    {
        var any = false;
        foreach (var value in values)
        {
            any = true;
            if (check.Fits(value))
                return true;
        }
        return !any && check.Fits(null);
    }
}
