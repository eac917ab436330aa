using System.Collections.Concurrent;
using System.Collections.Immutable;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>Which column answers for which field of guests, for filters and for sorts.</summary>
internal sealed class GuestColumns(GuestTable table)
{
    private readonly ConcurrentDictionary<string, (int Version, RankTable Ranks)> _ranks = new(StringComparer.Ordinal);

    internal ColumnTerm Term(CompiledTerm<Guest> term, GuestNames.View names) =>
        term.Fields.Length == 1
            ? Term(term, term.Fields[0], names)
            : new ColumnTerm.OfAny([.. term.Fields.Select(field => Term(term with { Fields = [field] }, field, names)).Where(t => !t.IsEmpty)]);

    internal SortColumn Sort(Field<Guest> field, bool descending, NameOrder order) =>
        field.Name switch
        {
            "name" => new SortColumn.OfName(table, order, descending),
            "vcpus" => new SortColumn.OfInt(c => c.Vcpus, descending),
            "memory" => new SortColumn.OfLong(c => c.Memory, descending),
            "createdAt" => new SortColumn.OfLong(c => c.CreatedAt, descending),
            "observedAt" => new SortColumn.OfLong(c => c.ObservedAt, descending),
            "host" => Texts(c => c.Host, descending),
            "cluster" => Texts(c => c.Cluster, descending),
            "project" => Texts(c => c.Project, descending),
            "raw" => Texts(c => c.Raw, descending),
            "hypervisor" => Texts(c => c.Hypervisor, descending),
            "provider" => new SortColumn.OfWord((c, _) => c.ProviderCode, TextRanks(), descending),
            "os.family" => new SortColumn.OfWord((c, place) => FamilyOf(c.System[place]), Ranks(field), descending),
            "service" => new SortColumn.OfWord((c, place) => (int)(c.Service[place >> 6] >> place & 1), Ranks(field), descending),
            _ when WordOf(field.Name) is { } word => new SortColumn.OfWord((c, place) => c.Words[(int)word][place], Ranks(field), descending),
            _ => new SortColumn.OfRecord(table, field, descending),
        };

    private ColumnTerm Term(CompiledTerm<Guest> whole, Field<Guest> field, GuestNames.View names) =>
        (field.Name, whole.Check) switch
        {
            ("provider", Check.OfText text) => new ColumnTerm.OfProvider(TextCodes(text)),
            ("name", Check.OfText text) => new ColumnTerm.OfName(NameHits.Find(names, text, table.Chunks.Length)),
            ("host", Check.OfText text) => new ColumnTerm.OfCode(c => c.Host, TextCodes(text)),
            ("cluster", Check.OfText text) => new ColumnTerm.OfCode(c => c.Cluster, TextCodes(text)),
            ("project", Check.OfText text) => new ColumnTerm.OfCode(c => c.Project, TextCodes(text)),
            ("raw", Check.OfText text) => new ColumnTerm.OfCode(c => c.Raw, TextCodes(text)),
            ("hypervisor", Check.OfText text) => new ColumnTerm.OfCode(c => c.Hypervisor, TextCodes(text)),
            ("os.family", Check.OfWord word) => new ColumnTerm.OfCode(c => c.System, SystemCodes(os => word.Fits((int)os.Family))),
            ("os.distribution", Check.OfText text) => new ColumnTerm.OfCode(c => c.System, SystemCodes(os => text.Fits(os.Distribution))),
            ("os.version", Check.OfText text) => new ColumnTerm.OfCode(c => c.System, SystemCodes(os => text.Fits(os.Version))),
            ("tag" or "tag." or "tags", Check.OfText) => new ColumnTerm.OfCode(c => c.Tags, TagCodes(whole, field)),
            ("service", Check.OfWord word) => new ColumnTerm.OfFlag(c => c.Service, word),
            ("vcpus", Check.OfNumber number) => new ColumnTerm.OfInt(c => c.Vcpus, number),
            ("memory", Check.OfNumber number) => new ColumnTerm.OfLong(c => c.Memory, number, zeroIsAbsent: false),
            ("createdAt", Check.OfNumber number) => new ColumnTerm.OfLong(c => c.CreatedAt, number, zeroIsAbsent: true),
            ("observedAt", Check.OfNumber number) => new ColumnTerm.OfLong(c => c.ObservedAt, number, zeroIsAbsent: false),
            (_, Check.OfWord word) when WordOf(field.Name) is { } column => new ColumnTerm.OfWord(column, word.Mask),
            // Negation is applied outside, to all terms alike.
            _ => new ColumnTerm.OfRecord(whole with { Negated = false, Fields = [field] }, table.Books),
        };

    private static WordColumn? WordOf(string field) =>
        field switch
        {
            "kind" => WordColumn.Kind,
            "power" => WordColumn.Power,
            "transition" => WordColumn.Transition,
            "lifecycle" => WordColumn.Lifecycle,
            "presence" => WordColumn.Presence,
            "arch" => WordColumn.Arch,
            "firmware" => WordColumn.Firmware,
            "virtualization" => WordColumn.Virtualization,
            "source" => WordColumn.Source,
            _ => null,
        };

    private CodeSet TextCodes(Check.OfText check)
    {
        var book = table.Books.Texts;
        return CodeSet.Of(book.Count, code => check.FitsFolded(code == 0 ? null : book.Folded(code)));
    }

    private CodeSet SystemCodes(Func<OperatingSystemInfo, bool> fits)
    {
        var book = table.Books.Systems;
        return CodeSet.Of(book.Count, code => book[code] is { } system && fits(system));
    }

    /// <summary>A set of tags is judged as the tags of a guest that has nothing else.</summary>
    private CodeSet TagCodes(CompiledTerm<Guest> term, Field<Guest> field)
    {
        var book = table.Books.Tags;
        var bare = new Guest { Id = default, NativeId = default, Name = "", Provider = "" };
        return CodeSet.Of(
            book.Count,
            code => field.Fits(bare with { Tags = book[code] ?? ImmutableDictionary<string, string>.Empty }, term.Check, term.Key)
        );
    }

    private int FamilyOf(int code) => (int)(table.Books.Systems[code]?.Family ?? OsFamily.Unknown);

    private SortColumn.OfCode Texts(Func<GuestChunk, int[]> column, bool descending) => new(column, TextRanks(), descending);

    private RankTable TextRanks()
    {
        var book = table.Books.Texts;
        var version = book.Count;
        if (_ranks.TryGetValue("", out var known) && known.Version == version)
            return known.Ranks;
        var ranks = new RankTable([.. Enumerable.Range(0, book.Count).Select(code => code == 0 ? null : book.Folded(code))]);
        _ranks[""] = (version, ranks);
        return ranks;
    }

    private RankTable Ranks(Field<Guest> field) => _ranks.GetOrAdd(field.Name, _ => (0, new RankTable(field.Words))).Ranks;
}
