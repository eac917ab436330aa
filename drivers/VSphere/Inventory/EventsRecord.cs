using System.Xml;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Inventory;

/// <summary>One event that somebody should know of.</summary>
/// <param name="Guest">What it is about; empty where it is about no guest.</param>
/// <param name="Host">And the host.</param>
/// <param name="Text">The system's words.</param>
internal readonly record struct SystemEvent(MoRef Guest, MoRef Host, string Text);

/// <summary>
/// The last page of the system's events, as an <c>EventHistoryCollector</c> keeps it. What of it is new and tells of
/// trouble or of an alarm waits to be told; everything else shows itself by what it changes.
/// </summary>
internal sealed class EventsRecord(MoRef self) : EstateRecord(self)
{
    private const int LongestText = 1000;
    private static readonly string[] Telling = ["Failed", "Error", "Warning", "Lost", "NotResponding", "Disconnected", "Timedout", "Crashed", "Insufficient", "Expired", "AlarmStatusChanged", "Fault", "Das", "Inconsistent"];

    private readonly List<SystemEvent> _new = [];
    private int _lastKey = -1;

    /// <summary>What came since this was asked last.</summary>
    public List<SystemEvent> Take()
    {
        List<SystemEvent> taken = [.. _new];
        _new.Clear();
        return taken;
    }

    public override bool Set(string path, XmlReader value, Interner words)
    {
        if (path != "latestPage")
            return base.Set(path, value, words);
        var (first, last) = (_lastKey < 0, _lastKey);
        var found = new List<(int Key, SystemEvent Event)>();
        var page = value.Enter();
        while (value.NextChild(page))
        {
            var (key, tells, read) = Read(value);
            last = Math.Max(last, key);
            if (tells && key > _lastKey && !first)
                found.Add((key, read));
        }
        _lastKey = Math.Max(last, 0);
        _new.AddRange(found.OrderBy(one => one.Key).Select(one => one.Event));
        return true;
    }

    private static (int Key, bool Tells, SystemEvent Event) Read(XmlReader reader)
    {
        var type = reader.XsiType();
        var (key, text, severity, id, guest, host) = (0, "", "", "", default(MoRef), default(MoRef));
        var fields = reader.Enter();
        while (reader.NextChild(fields))
            switch (reader.LocalName)
            {
                case "key":
                    key = reader.Number();
                    break;
                case "fullFormattedMessage" or "message":
                    text = reader.Text() is { Length: > 0 } said ? said : text;
                    break;
                case "severity":
                    severity = reader.Text();
                    break;
                case "eventTypeId":
                    id = reader.Text();
                    break;
                case "vm":
                    guest = ReadAbout(reader, "vm");
                    break;
                case "host":
                    host = ReadAbout(reader, "host");
                    break;
                default:
                    reader.Skip();
                    break;
            }
        var name = id.Length > 0 ? id : type;
        var words = text.Length > 0 ? text : name;
        var tells = severity is "error" or "warning" || (severity.Length == 0 && Array.Exists(Telling, word => type.Contains(word, StringComparison.Ordinal)));
        return (key, tells, new SystemEvent(guest, host, $"{name}: {(words.Length > LongestText ? words[..LongestText] + "…" : words)}"));
    }

    /// <summary>The reference in a <c>VmEventArgument</c> or <c>HostEventArgument</c>.</summary>
    private static MoRef ReadAbout(XmlReader reader, string name)
    {
        var about = default(MoRef);
        var argument = reader.Enter();
        while (reader.NextChild(argument))
            if (reader.LocalName == name)
                about = reader.Ref();
            else
                reader.Skip();
        return about;
    }
}
