using System.Xml;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>What a wait for updates brought.</summary>
/// <param name="Version">To go on from; null when nothing happened in the time.</param>
/// <param name="Truncated">There is more at once.</param>
internal readonly record struct UpdateSet(string? Version, bool Truncated);

/// <summary>The property collector: many properties of many objects in one call, and their changes as they come.</summary>
internal static class Properties
{
    /// <summary>Objects in an answer: as many as are handled well at once, whatever the system's own page is.</summary>
    private const int Page = 500;

    private static readonly TimeSpan ListingPatience = TimeSpan.FromMinutes(10);

    /// <summary>Reads properties once, page by page.</summary>
    public static async Task RetrieveAsync(this SoapClient client, FilterSpec spec, PropertySink sink, string what, CancellationToken cancellationToken)
    {
        var call = SoapCall.Read("RetrievePropertiesEx", client.Content.PropertyCollector, what, writer =>
        {
            writer.Inside("specSet", null, spec.Write);
            writer.Inside("options", null, options => options.Number("maxObjects", Page));
        });
        var token = await client.CallAsync(call, reader => Held(sink, () => ReadPage(reader, sink, client.Where, what)), cancellationToken).ConfigureAwait(false);
        while (token is not null)
        {
            var next = token;
            var more = SoapCall.Read("ContinueRetrievePropertiesEx", client.Content.PropertyCollector, what, writer => writer.Text("token", next));
            token = await client.CallAsync(more, reader => Held(sink, () => ReadPage(reader, sink, client.Where, what)), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes a filter whose changes <see cref="WaitAsync"/> tells. It ends with the session.</summary>
    public static Task<MoRef> CreateFilterAsync(this SoapClient client, Session session, MoRef collector, FilterSpec spec, string what, CancellationToken cancellationToken) =>
        client.CallInAsync(session, new SoapCall("CreateFilter", collector, what, writer =>
        {
            writer.Inside("spec", null, spec.Write);
            // Of a property that changed in part the whole is told, so that nothing has to be patched.
            writer.Flag("partialUpdates", false);
        }), ReadRef, cancellationToken);

    /// <summary>What changed since a version, or what there is, where the version is empty; after a while of nothing, nothing.</summary>
    public static Task<UpdateSet> WaitAsync(this SoapClient client, Session session, MoRef collector, string version, PropertySink sink, TimeSpan most, string what, CancellationToken cancellationToken) =>
        client.CallInAsync(session, SoapCall.Read("WaitForUpdatesEx", collector, what, writer =>
        {
            writer.Text("version", version);
            writer.Inside("options", null, options =>
            {
                options.Number("maxWaitSeconds", (long)most.TotalSeconds);
                options.Number("maxObjectUpdates", Page);
            });
        }) with { Patience = version.Length == 0 ? ListingPatience : most + TimeSpan.FromMinutes(2) }, reader => Held(sink, () => ReadUpdates(reader, sink, client.Where, what)), cancellationToken);

    /// <summary>The reference that a call returns.</summary>
    public static MoRef ReadRef(XmlReader response)
    {
        var found = default(MoRef);
        var answer = response.Enter();
        while (response.NextChild(answer))
            found = response.Ref();
        return found.IsEmpty || found.Value.Length == 0 ? throw new XmlException("it holds no reference") : found;
    }

    /// <summary>The reference that a call returns where it found something.</summary>
    public static MoRef? ReadOptionalRef(XmlReader response)
    {
        MoRef? found = null;
        var answer = response.Enter();
        while (response.NextChild(answer))
            found = response.Ref();
        return found;
    }

    internal static UpdateSet ReadUpdates(XmlReader response, PropertySink sink, string where, string what)
    {
        var (version, truncated) = ((string?)null, false);
        var answer = response.Enter();
        while (response.NextChild(answer))
        {
            var set = response.Enter();
            while (response.NextChild(set))
                switch (response.LocalName)
                {
                    case "version":
                        version = response.Text();
                        break;
                    case "truncated":
                        truncated = response.Flag();
                        break;
                    case "filterSet":
                        ReadFilter(response, sink, where, what);
                        break;
                    default:
                        response.Skip();
                        break;
                }
        }
        return new UpdateSet(version, truncated);
    }

    internal static string? ReadPage(XmlReader response, PropertySink sink, string where, string what)
    {
        string? token = null;
        var answer = response.Enter();
        while (response.NextChild(answer))
        {
            var result = response.Enter();
            while (response.NextChild(result))
                switch (response.LocalName)
                {
                    case "token":
                        token = response.Text() is { Length: > 0 } more ? more : null;
                        break;
                    case "objects":
                        ReadContent(response, sink, where, what);
                        break;
                    default:
                        response.Skip();
                        break;
                }
        }
        return token;
    }

    /// <summary>Reads an <c>ObjectContent</c>.</summary>
    internal static void ReadContent(XmlReader reader, PropertySink sink, string where, string what)
    {
        var content = reader.Enter();
        while (reader.NextChild(content))
            switch (reader.LocalName)
            {
                case "obj":
                    sink.Begin(reader.Ref());
                    break;
                case "propSet":
                    ReadProperty(reader, sink);
                    break;
                case "missingSet":
                    ReadMissing(reader, sink, where, what);
                    break;
                default:
                    reader.Skip();
                    break;
            }
    }

    private static T Held<T>(PropertySink sink, Func<T> read)
    {
        lock (sink.Gate)
            return read();
    }

    private static void ReadFilter(XmlReader reader, PropertySink sink, string where, string what)
    {
        var filter = reader.Enter();
        while (reader.NextChild(filter))
            if (reader.LocalName == "objectSet")
                ReadObject(reader, sink, where, what);
            else
                reader.Skip();
    }

    private static void ReadObject(XmlReader reader, PropertySink sink, string where, string what)
    {
        var leaves = false;
        var update = reader.Enter();
        while (reader.NextChild(update))
            switch (reader.LocalName)
            {
                case "kind":
                    leaves = reader.Text() == "leave";
                    break;
                case "obj" when leaves:
                    sink.Leave(reader.Ref());
                    break;
                case "obj":
                    sink.Begin(reader.Ref());
                    break;
                case "changeSet" when !leaves:
                    ReadProperty(reader, sink);
                    break;
                case "missingSet" when !leaves:
                    ReadMissing(reader, sink, where, what);
                    break;
                default:
                    reader.Skip();
                    break;
            }
    }

    /// <summary>A <c>DynamicProperty</c> or a <c>PropertyChange</c>: the name comes before the value.</summary>
    private static void ReadProperty(XmlReader reader, PropertySink sink)
    {
        var (path, given) = ("", false);
        var property = reader.Enter();
        while (reader.NextChild(property))
            switch (reader.LocalName)
            {
                case "name":
                    path = reader.Text();
                    break;
                case "val":
                    sink.Set(path, reader);
                    given = true;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        if (!given && path.Length > 0)
            sink.Unset(path);
    }

    private static void ReadMissing(XmlReader reader, PropertySink sink, string where, string what)
    {
        var (path, fault) = ("", new VimFault("", "", ""));
        var missing = reader.Enter();
        while (reader.NextChild(missing))
            switch (reader.LocalName)
            {
                case "path":
                    path = reader.Text();
                    break;
                case "fault":
                    fault = VimFault.ReadLocalized(reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        // Without a session the collector answers, with nothing in it but this.
        if (fault.Type == VimErrors.NotAuthenticated)
            throw VimErrors.Explain(fault, what, where);
        sink.Missing(path, fault);
    }
}
