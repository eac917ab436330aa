using System.Globalization;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Drivers.Conformance;

/// <summary>
/// The table in a driver's README that says what works: asked of the driver itself, verb by verb, for every guest of a bed
/// in every power state, so it can't say anything else than the driver does. A test compares it with the file;
/// <c>ANYVISOR_WRITE_DOCS=1</c> has it written.
/// </summary>
public sealed class WorksTable
{
    private const string Begin = "<!-- works: written by the driver's tests with ANYVISOR_WRITE_DOCS=1, and compared by them -->";
    private const string End = "<!-- /works -->";
    private static readonly PowerState[] States = [PowerState.On, PowerState.Off, PowerState.Paused, PowerState.Suspended];

    private readonly List<(string Name, DriverBed Bed)> _ways = [];
    private readonly List<string> _notes = [];

    /// <summary>Adds a column: one of the systems that the driver speaks to, or ways to it.</summary>
    /// <param name="name">Its head.</param>
    /// <param name="bed">Has been started; its guests are asked for.</param>
    public WorksTable Add(string name, DriverBed bed)
    {
        _ways.Add((name, bed));
        return this;
    }

    /// <summary>Fails when the README holds another table.</summary>
    /// <param name="readme">Its path, from the root of the repository.</param>
    /// <param name="cancellationToken">Carries the deadline.</param>
    public async Task CheckAsync(string readme, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Root(), readme);
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        Assert.True(from >= 0 && to > from, $"{readme} has no place for the table of what works, which begins with '{Begin}' and ends with '{End}'.");
        var wanted = $"{text[..from]}{Begin}\n{await TextAsync(cancellationToken)}{text[to..]}";
        if (Environment.GetEnvironmentVariable("ANYVISOR_WRITE_DOCS") == "1")
            await File.WriteAllTextAsync(path, wanted, cancellationToken);
        else
            Assert.True(wanted == text, $"{readme} does not say what the driver does: run this test with ANYVISOR_WRITE_DOCS=1 and commit the change. It should say:\n{wanted[from..]}");
    }

    private async Task<string> TextAsync(CancellationToken cancellationToken)
    {
        _notes.Clear();
        var text = new StringBuilder($"| | {string.Join(" | ", _ways.Select(way => way.Name))} |\n|---|{string.Concat(_ways.Select(_ => "---|"))}\n");
        Row(text, "create", _ways.Select(way => way.Bed.Connection is IGuestCreate ? "yes" : "no"));
        foreach (var verb in Enum.GetValues<Verb>())
            Row(text, Words(verb), _ways.Select(way => Cell(way.Bed, verb)).ToList());
        var metrics = new List<string>();
        foreach (var (_, bed) in _ways)
            metrics.Add(await MetricsAsync(bed, cancellationToken));
        Row(text, "metrics", metrics);
        if (_notes.Count > 0)
            text.Append('\n');
        for (var i = 0; i < _notes.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {_notes[i]}\n");
        return text.ToString();
    }

    private string Cell(DriverBed bed, Verb verb)
    {
        if (bed.Watch.All<Guest>() is not { Count: > 0 } guests)
            throw new InvalidOperationException("The bed shows no guests, of which the driver could say what works.");
        var byGuest = guests.Where(guest => !guest.Service).Select(guest => States.Select(power => bed.Connection.Judge(verb, As(guest, power))).ToList()).ToList();
        var allowed = byGuest.SelectMany(states => states).Where(state => state.Allowed).ToList();
        // What a guest's state does not allow is no lack; what its kind does not have is one.
        var lacks = byGuest.Where(states => !states.Exists(state => state.Allowed)).SelectMany(states => states).Where(state => state.Level == ActionLevel.None && state.Reason is not null).ToList();
        var why = lacks.Count > 0 || allowed.Count > 0 ? lacks : byGuest.SelectMany(states => states);
        var notes = string.Concat(why.Select(state => state.Reason!.Text).Distinct().Order(StringComparer.Ordinal).Take(4).Select(Note));
        return (allowed.Count == 0 ? "no" : lacks.Count > 0 ? "some" : allowed.TrueForAll(state => state.Level == ActionLevel.Emulated) ? "by a detour" : "yes") + notes;
    }

    private async Task<string> MetricsAsync(DriverBed bed, CancellationToken cancellationToken)
    {
        if (bed.Connection is not IGuestMetrics metrics)
            return "no";
        try
        {
            _ = await metrics.ReadMetricsAsync([], cancellationToken);
            return "yes";
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotCapable)
        {
            return "no" + Note(e.Message);
        }
    }

    private string Note(string reason)
    {
        if (!_notes.Contains(reason))
            _notes.Add(reason);
        return string.Create(CultureInfo.InvariantCulture, $" ({_notes.IndexOf(reason) + 1})");
    }

    private static Guest As(Guest guest, PowerState power) => guest with { Power = power, Transition = Transition.None, Lifecycle = Lifecycle.Provisioned, Presence = Presence.Present };

    private static void Row(StringBuilder text, string head, IEnumerable<string> cells) => text.Append(CultureInfo.InvariantCulture, $"| {head} | {string.Join(" | ", cells)} |\n");

    // SnapshotCreate: snapshot create
    private static string Words(Verb verb) => string.Concat(verb.ToString().Select((c, at) => at > 0 && char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
                return folder.FullName;
        throw new InvalidOperationException("The tests do not run from within the repository.");
    }
}
