using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Anyvisor.Simulation.Faults;
using Microsoft.AspNetCore.Http;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>The console's REST API: sessions, reads, changes, jobs and the wait for events.</summary>
internal sealed class HmcServer
{
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(10);

    private readonly HmcEstate _estate;
    private readonly Sessions _sessions;
    private readonly FaultDice _dice;
    private readonly TimeProvider _time;
    private readonly Jobs _jobs = new();
    private readonly Operations _operations;
    private readonly Reads _reads;
    private readonly Changes _changes;
    private int _inFlight;
    private long _events = 1_404_864_263_191;

    public HmcServer(HmcEstate estate, Sessions sessions, FaultDice dice, TimeProvider time)
    {
        (_estate, _sessions, _dice, _time) = (estate, sessions, dice, time);
        _operations = new Operations(estate, _jobs, time);
        _reads = new Reads(estate, this);
        _changes = new Changes(estate);
    }

    public string Root { get; set; } = "";
    public HmcEstate Estate => _estate;
    public Sessions Sessions => _sessions;

    /// <summary>The most calls that were in flight at once.</summary>
    public int MostInFlight { get; private set; }

    /// <summary>How many calls there were, by method and path without identities.</summary>
    public ConcurrentDictionary<string, int> Calls { get; } = new(StringComparer.Ordinal);

    public async Task AnswerAsync(HttpContext context)
    {
        MostInFlight = Math.Max(MostInFlight, Interlocked.Increment(ref _inFlight));
        var path = context.Request.Path.Value ?? "";
        Reply reply;
        try
        {
            reply = await ReplyAsync(context, path).ConfigureAwait(false);
        }
        catch (Refusal e)
        {
            reply = Reply.Error(e.Status, path, e.Reason, e.Message);
        }
        catch (Exception e) when (e is XmlException or FormatException)
        {
            reply = Reply.Error(400, path, "The request is not valid.", $"REST0001 The request body is not valid: {e.Message}");
        }
        finally
        {
            _ = Interlocked.Decrement(ref _inFlight);
        }
        await WriteAsync(context.Response, reply, context.RequestAborted).ConfigureAwait(false);
    }

    public Reply Entry(string type, string schema, string id, string path, string etag, string content, int status = 200) =>
        new(status, XmlOut.Entry(type, schema, id, $"{Root}{path}", etag, content, root: true), Etag: etag);

    private static async Task WriteAsync(HttpResponse response, Reply reply, CancellationToken cancellationToken)
    {
        response.StatusCode = reply.Status;
        response.Headers["X-Powered-By"] = "Servlet/3.0";
        response.Headers.Expires = "Thu, 01 Dec 1994 16:00:00 GMT";
        response.Headers.CacheControl = "no-cache=\"set-cookie, set-cookie2\"";
        if (reply.Status >= 400)
            response.Headers.Connection = "close";
        if (reply.Etag is not null)
        {
            response.Headers.ETag = reply.Etag;
            response.Headers["X-Hmc-Schema-Version"] = "V1_5_0";
        }
        if (reply.Body.Length == 0)
            return;
        response.ContentType = reply.ContentType;
        var bytes = Encoding.UTF8.GetBytes(reply.Body);
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Reply> ReplyAsync(HttpContext context, string path)
    {
        if (!path.StartsWith("/rest/api/", StringComparison.Ordinal))
            return Reply.NotFound(path);
        var segments = path["/rest/api/".Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        _ = Calls.AddOrUpdate($"{context.Request.Method} {string.Join('/', segments.Where(s => !Guid.TryParse(s, out _)))}", 1, static (_, n) => n + 1);
        if (segments is ["web", "Logon"])
            return await LogonAsync(context, path).ConfigureAwait(false);
        var session = context.Request.Headers["X-API-Session"].ToString();
        if (!_sessions.Knows(session))
            return Reply.Error(401, path, "Authentication is required.", "REST0044 The session is not valid, or has expired: log on again.");
        if (segments is ["uom", "Event"])
            return await EventsAsync(context, session).ConfigureAwait(false);
        if (segments is [_, "jobs", var id, ..])
            return Job(context.Request.Method, id, path);
        if (context.Request.Method == "GET")
            lock (_estate.Gate)
                return _reads.Answer(segments, path, context.Request.Query);
        if (segments is [var schema, var type, var target, "do", var operation] && context.Request.Method == "PUT")
            return await BeginAsync(context, $"{type}/{target}/do/{operation}", operation, type, schema).ConfigureAwait(false);
        var body = context.Request.Method == "DELETE" ? null : await BodyAsync(context).ConfigureAwait(false);
        lock (_estate.Gate)
            return Change(context.Request.Method, segments, path, body, context.Request.Headers.IfMatch.ToString());
    }

    private async Task<Reply> LogonAsync(HttpContext context, string path)
    {
        if (context.Request.Method == "DELETE")
        {
            var session = context.Request.Headers["X-API-Session"].ToString();
            _estate.Events.Forget(session);
            return _sessions.SignOff(session) ? Reply.Empty : Reply.Error(401, path, "Authentication is required.", "REST0044 The session is not valid.");
        }
        var body = await BodyAsync(context).ConfigureAwait(false);
        string Field(string name) => body.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? "";
        return _sessions.SignIn(Field("UserID"), Field("Password")) switch
        {
            null => Reply.Error(401, path, "Authentication failed.", "REST0043 The user ID or password is not valid."),
            "" => Reply.Error(503, path, "Too many sessions.", "REST0045 The maximum number of sessions of this user is reached: close some."),
            var token => new Reply(200, $"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<LogonResponse xmlns=\"{XmlOut.Namespace("web")}\" xmlns:ns2=\"http://www.w3.org/XML/1998/namespace/k2\" schemaVersion=\"V1_5_0\"><Metadata><Atom/></Metadata><X-API-Session kb=\"ROR\" kxe=\"false\">{token}</X-API-Session></LogonResponse>", "application/vnd.ibm.powervm.web+xml; type=LogonResponse"),
        };
    }

    private async Task<Reply> EventsAsync(HttpContext context, string session)
    {
        var (queue, fresh) = _estate.Events.Of(session + context.Request.Query["QUEUE_APPLICATIONID"]);
        var told = new List<HmcEvent>();
        if (fresh)
            told.Add(new HmcEvent("NEW_CLIENT", "", ""));
        else
        {
            using var patience = new CancellationTokenSource(LongPoll, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
            try
            {
                _ = await queue.WaitToReadAsync(both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Nothing happened in ten seconds.
            }
            while (told.Count < 500 && queue.TryRead(out var one))
                if (_dice.Roll(FaultPlan.LoseEvents) is null)
                    told.Add(one);
        }
        if (told.Count == 0)
            return Reply.Empty;
        return new Reply(200, XmlOut.Feed(Guid.NewGuid().ToString("D"), $"{Root}/rest/api/uom/Event", $"{Root}/rest/api/uom/ManagementConsole/{_estate.Console:D}", told.Select(one =>
        {
            var content = PlaceXml.Event(one, Interlocked.Increment(ref _events), Root);
            var start = content.IndexOf("<AtomID>", StringComparison.Ordinal) + 8;
            var id = content[start..content.IndexOf("</AtomID>", StringComparison.Ordinal)];
            return XmlOut.Entry("Event", "uom", id, $"{Root}/rest/api/uom/Event/{id}", "581561747", content, root: false);
        })), Etag: "581561747");
    }

    private async Task<Reply> BeginAsync(HttpContext context, string path, string operation, string group, string schema)
    {
        var body = await BodyAsync(context).ConfigureAwait(false);
        lock (_estate.Gate)
        {
            var target = path.Split('/')[1];
            if (operation == "CLIRunner" && (!_estate.RunsCommands || target != _estate.Console.ToString("D")))
                return Reply.NotFound($"/rest/api/{schema}/{path}");
            if (group is "LogicalPartition" or "VirtualIOServer" && (!Guid.TryParse(target, out var uuid) || !_estate.Partitions.ContainsKey(uuid)))
                return Reply.NotFound($"/rest/api/{schema}/{path}");
        }
        var parameters = body.Descendants().Where(e => e.Name.LocalName == "JobParameter")
            .ToDictionary(e => e.Elements().First(c => c.Name.LocalName == "ParameterName").Value, e => e.Elements().First(c => c.Name.LocalName == "ParameterValue").Value, StringComparer.Ordinal);
        var job = new SimJob { Id = _jobs.NextId(), Path = path, Operation = operation, Group = group, Parameters = parameters };
        _jobs.Add(job);
        var reply = Entry("JobResponse", "web", Guid.NewGuid().ToString("D"), $"/rest/api/uom/jobs/{job.Id}", "", job.Xml());
        _operations.Begin(job);
        return reply with { Etag = null, Body = reply.Body.Replace("<etag:etag xmlns:etag=\"" + XmlOut.Namespace("uom") + "\" xmlns=\"" + XmlOut.Namespace("uom") + "\"></etag:etag>", "", StringComparison.Ordinal) };
    }

    private Reply Job(string method, string id, string path)
    {
        if (_jobs.Find(id) is not { } job)
            return Reply.NotFound(path);
        if (method == "DELETE")
            return _jobs.Remove(id) ? Reply.Empty : Reply.NotFound(path);
        var content = job.Xml();
        return new Reply(200, XmlOut.Entry("JobResponse", "web", Guid.NewGuid().ToString("D"), $"{Root}{path}", null, content, root: true), Etag: string.GetHashCode(content, StringComparison.Ordinal).ToString(CultureInfo.InvariantCulture));
    }

    private Reply Change(string method, string[] segments, string path, XElement? body, string match)
    {
        switch (method, segments)
        {
            case ("PUT", ["uom", "ManagedSystem", var system, "LogicalPartition"]) when _reads.System(system) is { } on:
                return Shown(_changes.Make(on, body!));
            case ("PUT", ["uom", "LogicalPartition", var partition, "ClientNetworkAdapter"]) when _reads.Partition(partition) is { } p:
                var adapter = _changes.Connect(p, body!);
                return Entry("ClientNetworkAdapter", "uom", adapter.Uuid.ToString("D"), $"{path}/{adapter.Uuid:D}", "1", PlaceXml.Adapter(adapter, p, Root));
            case ("POST", ["uom", "LogicalPartition", var partition]) when _reads.Partition(partition) is { IsVios: false } p:
                Match(match, Reads.Etag(p), path);
                _changes.Change(p, body!);
                return Shown(p);
            case ("POST", ["uom", "LogicalPartition", var partition, "LogicalPartitionProfile", _]) when _reads.Partition(partition) is { } p:
                Changes.ChangeProfile(p, body!);
                return Entry("LogicalPartitionProfile", "uom", p.Profile.ToString("D"), path, "1", PlaceXml.Profile(p, Root));
            case ("POST", ["uom", "VirtualIOServer", var vios]) when _reads.Partition(vios) is { IsVios: true } p:
                Match(match, Reads.Etag(p), path);
                _changes.Serve(p, body!);
                return Shown(p);
            case ("POST", ["uom", "VirtualIOServer", var vios, "VolumeGroup", var group]) when _reads.Partition(vios) is { } p && p.VolumeGroups.Find(g => g.Uuid.ToString("D") == group) is { } pool:
                Match(match, Reads.Etag(pool), path);
                _changes.Change(pool, p, body!);
                return Entry("VolumeGroup", "uom", group, path, Reads.Etag(pool), ViosXml.Pool(pool, p, Root));
            case ("POST", ["uom", "SharedStoragePool", var id]) when _estate.SharedPools.Find(s => s.Uuid.ToString("D") == id) is { } pool:
                Match(match, Reads.Etag(pool), path);
                _changes.Change(pool, null, body!);
                return Entry("SharedStoragePool", "uom", id, path, Reads.Etag(pool), ViosXml.Pool(pool, null, Root));
            case ("DELETE", ["uom", "LogicalPartition", var partition]) when _reads.Partition(partition) is { IsVios: false } p:
                _changes.Delete(p);
                return Reply.Empty;
            case ("DELETE", ["templates", "PartitionTemplate", var id]) when _estate.Templates.RemoveAll(t => t.Uuid.ToString("D") == id) > 0:
                return Reply.Empty;
            default:
                return Reply.NotFound(path);
        }
    }

    private Reply Shown(SimPartition p) => Entry(p.IsVios ? "VirtualIOServer" : "LogicalPartition", "uom", p.Key, HmcEstate.Address(p), Reads.Etag(p), PartitionXml.Of(p, Root, storage: true));

    private static void Match(string sent, string etag, string path)
    {
        if (sent.Length > 0 && sent.Trim('"') != etag)
            throw new Refusal(412, "The etag does not match.", $"REST0110 The resource {path} was changed by somebody else: read it again.");
    }

    private static async Task<XElement> BodyAsync(HttpContext context) => await XElement.LoadAsync(context.Request.Body, LoadOptions.None, context.RequestAborted).ConfigureAwait(false);
}
