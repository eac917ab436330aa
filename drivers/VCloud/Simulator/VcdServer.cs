using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Anyvisor.Drivers.VCloud.Simulator;

/// <summary>The vCloud API and what of the OpenAPI signs in: versions, sessions, documents, queries, tasks.</summary>
internal sealed class VcdServer
{
    private static readonly string[] Versions = ["35.0", "36.0", "37.0"];

    private readonly SimEstate _estate;
    private readonly Sessions _sessions;
    private readonly string _user;
    private readonly SimTasks _tasks;
    private readonly Documents _documents;
    private readonly Queries _queries;
    private readonly Operations _operations;
    private readonly ConsoleProxy _consoles = new();

    public VcdServer(SimEstate estate, Sessions sessions, string user, TimeSpan taskTime, int seed, TimeProvider time)
    {
        (_estate, _sessions, _user) = (estate, sessions, user);
        var random = new Random(seed);
        _tasks = new SimTasks(time, taskTime, random);
        _documents = new Documents(estate, _tasks);
        _queries = new Queries(estate, _documents);
        _operations = new Operations(estate, _tasks, random, time);
    }

    public string Root { get => _documents.Root; set => _documents.Root = value; }

    public SimEstate Estate => _estate;

    public Sessions Sessions => _sessions;

    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            if (!await _consoles.AnswerAsync(context).ConfigureAwait(false))
                await AnswerCallAsync(context).ConfigureAwait(false);
        }
        catch (Refusal e)
        {
            await WriteAsync(context, e.Status, new XElement(Documents.V + "Error", new XAttribute("majorErrorCode", e.Status), new XAttribute("minorErrorCode", e.Code), new XAttribute("message", e.Message))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is XmlException or FormatException)
        {
            await WriteAsync(context, 400, new XElement(Documents.V + "Error", new XAttribute("majorErrorCode", 400), new XAttribute("minorErrorCode", "BAD_REQUEST"), new XAttribute("message", e.Message))).ConfigureAwait(false);
        }
    }

    private async Task AnswerCallAsync(HttpContext context)
    {
        var request = context.Request;
        var path = (request.Path.Value ?? "").Trim('/').Split('/');
        if (path is ["api", "versions"])
        {
            XNamespace ns = "http://www.vmware.com/vcloud/versions";
            await WriteAsync(context, 200, new XElement(ns + "SupportedVersions", Versions.Select(version => new XElement(ns + "VersionInfo", new XAttribute("deprecated", "false"), new XElement(ns + "Version", version), new XElement(ns + "LoginUrl", $"{Root}/api/sessions"))))).ConfigureAwait(false);
            return;
        }
        if (await SignInAsync(context, path).ConfigureAwait(false))
            return;
        if (!Versions.Any(version => request.Headers.Accept.ToString().EndsWith($"version={version}", StringComparison.Ordinal)))
            throw new Refusal(406, "NOT_ACCEPTABLE", "The Accept header names no supported version.");
        var token = request.Headers.Authorization.ToString() is { Length: > 7 } bearer ? bearer[7..] : request.Headers["x-vcloud-authorization"].ToString();
        if (!_sessions.Knows(token))
            throw new Refusal(401, "UNAUTHORIZED", "This operation is denied: sign in.");
        if (path is ["api", "session"] && request.Method == "DELETE")
        {
            _ = _sessions.SignOff(token);
            context.Response.StatusCode = 204;
            return;
        }
        var body = request.Method is "POST" or "PUT" && request.ContentLength is > 0 ? await XElement.LoadAsync(request.Body, LoadOptions.PreserveWhitespace, context.RequestAborted).ConfigureAwait(false) : null;
        (int Status, XElement? Document) answer;
        lock (_estate.Gate)
        {
            _tasks.Turn();
            answer = Call(request, path, body);
        }
        await WriteAsync(context, answer.Status, answer.Document).ConfigureAwait(false);
    }

    private async Task<bool> SignInAsync(HttpContext context, string[] path)
    {
        var request = context.Request;
        if (request.Method != "POST" || path is not (["api", "sessions"] or ["cloudapi", "1.0.0", "sessions", ..] or ["oauth", ..]))
            return false;
        if (path[0] == "oauth")
        {
            var form = await request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
            var access = _sessions.SignInByToken(form["refresh_token"].ToString());
            context.Response.StatusCode = access is null ? 400 : 200;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(access is null ? "{\"error\":\"invalid_grant\",\"error_description\":\"The token is not valid.\"}" : $"{{\"access_token\":\"{access}\",\"token_type\":\"Bearer\",\"expires_in\":2592000}}", context.RequestAborted).ConfigureAwait(false);
            return true;
        }
        var token = _sessions.SignIn(request.Headers.Authorization.ToString()) ?? throw new Refusal(401, "UNAUTHORIZED", "The credentials are not valid.");
        context.Response.Headers["X-VMWARE-VCLOUD-ACCESS-TOKEN"] = token;
        context.Response.Headers["X-VMWARE-VCLOUD-TOKEN-TYPE"] = "Bearer";
        context.Response.Headers["x-vcloud-authorization"] = token;
        await WriteAsync(context, 200, _documents.Session(_user)).ConfigureAwait(false);
        return true;
    }

    private (int Status, XElement? Document) Call(HttpRequest request, string[] path, XElement? body) =>
        (request.Method, path) switch
        {
            ("GET", ["api", "query"]) => (200, _queries.Answer(request.Query)),
            ("GET", ["api", "org"]) => (200, new XElement(Documents.V + "OrgList", new XElement(Documents.V + "Org", new XAttribute("name", _estate.Org), new XAttribute("href", $"{Root}/api/org/{_estate.OrgUuid:D}")))),
            ("GET", ["api", "org", var id]) when id == _estate.OrgUuid.ToString("D") => (200, _documents.Org()),
            ("GET", ["api", "vdc", var id]) => (200, _documents.Vdc(Vdc(id))),
            ("GET", ["api", "task", var id]) => (200, _documents.Task(_tasks.Find(Guid.Parse(id)) ?? throw Refusal.Forbidden("task"))),
            ("POST", ["api", "vdc", var id, "action", "instantiateVAppTemplate"]) => (201, _documents.VApp(_operations.Instantiate(Vdc(id), Given(body)))),
            ("POST", ["api", "vdc", var id, "action", "composeVApp"]) => (201, _documents.VApp(_operations.Compose(Vdc(id), Given(body)))),
            (_, ["api", "vApp", var id, .. var rest]) when id.StartsWith("vapp-", StringComparison.Ordinal) => OfVApp(request.Method, VApp(id[5..]), rest, body),
            (_, ["api", "vApp", var id, .. var rest]) when id.StartsWith("vm-", StringComparison.Ordinal) => OfMachine(request.Method, Machine(id[3..]), rest, body),
            _ => throw new Refusal(404, "NOT_FOUND", $"There is nothing at {request.Path}."),
        };

    private (int, XElement?) OfVApp(string method, SimVApp vapp, string[] rest, XElement? body) =>
        (method, rest) switch
        {
            ("GET", []) => (200, _documents.VApp(vapp)),
            ("DELETE", []) => (202, _documents.Task(_operations.Delete(vapp))),
            ("POST", ["action", "recomposeVApp"]) => (202, _documents.Task(_operations.Recompose(vapp, Given(body)))),
            _ => throw new Refusal(404, "NOT_FOUND", $"A vApp has no {string.Join('/', rest)}."),
        };

    private (int, XElement?) OfMachine(string method, SimMachine machine, string[] rest, XElement? body) =>
        (method, rest) switch
        {
            ("GET", []) => (200, _documents.Machine(machine)),
            ("PUT", []) => (202, _documents.Task(_operations.Edit(machine, Given(body)))),
            ("GET", ["metadata"]) => (200, Documents.Metadata(machine)),
            ("POST", ["metadata"]) => (202, _documents.Task(_operations.Tag(machine, Given(body)))),
            ("DELETE", ["metadata", var key]) => (202, _documents.Task(_operations.Untag(machine, Uri.UnescapeDataString(key)))),
            ("GET", ["virtualHardwareSection", "cpu"]) => (200, Documents.Cpu(machine, Documents.V)),
            ("GET", ["virtualHardwareSection", "memory"]) => (200, Documents.Memory(machine, Documents.V)),
            ("PUT", ["virtualHardwareSection", "cpu" or "memory"]) => (202, _documents.Task(_operations.Resize(machine, rest[1], Given(body)))),
            ("GET", ["guestCustomizationSection"]) => (200, _documents.Customization(machine)),
            ("PUT", ["guestCustomizationSection"]) => (202, _documents.Task(_operations.Customize(machine, Given(body)))),
            ("POST", ["power", "action", var action]) => (202, _documents.Task(_operations.Power(machine, action))),
            ("POST", ["action", "undeploy"]) => (202, _documents.Task(_operations.Undeploy(machine))),
            ("POST", ["action", "createSnapshot" or "revertToCurrentSnapshot" or "removeAllSnapshots"]) => (202, _documents.Task(_operations.Snapshot(machine, rest[1], body))),
            ("POST", ["screen", "action", "acquireMksTicket"]) when machine.Status == SimStatus.On => (200, new XElement(Documents.V + "MksTicket", new XElement(Documents.V + "Host", Root[(Root.IndexOf("//", StringComparison.Ordinal) + 2)..]),
                new XElement(Documents.V + "Vmx", "vm.vmx"), new XElement(Documents.V + "Ticket", _consoles.Ticket()), new XElement(Documents.V + "Port", 902))),
            _ => throw new Refusal(404, "NOT_FOUND", $"A virtual machine has no {string.Join('/', rest)} now."),
        };

    private SimVdc Vdc(string id) => _estate.Vdcs.Find(vdc => vdc.Uuid.ToString("D") == id) ?? throw Refusal.Forbidden($"vdc {id}");

    private SimVApp VApp(string id) => Guid.TryParse(id, out var uuid) && _estate.VApps.TryGetValue(uuid, out var vapp) ? vapp : throw Refusal.Forbidden($"vapp {id}");

    private SimMachine Machine(string id) => Guid.TryParse(id, out var uuid) && _estate.Machines.TryGetValue(uuid, out var machine) ? machine : throw Refusal.Forbidden($"vm {id}");

    private static XElement Given(XElement? body) => body ?? throw new Refusal(400, "BAD_REQUEST", "The request has no body.");

    private static async Task WriteAsync(HttpContext context, int status, XElement? document)
    {
        context.Response.StatusCode = status;
        if (document is null)
            return;
        context.Response.ContentType = string.Create(CultureInfo.InvariantCulture, $"application/vnd.vmware.vcloud.{char.ToLowerInvariant(document.Name.LocalName[0])}{document.Name.LocalName[1..]}+xml;version={Versions[^1]}");
        var bytes = Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n{document.ToString(SaveOptions.DisableFormatting)}");
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }
}
