using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anyvisor.Drivers.SolarisZones.Simulator.Commands;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;
using Anyvisor.Drivers.SolarisZones.Simulator.Shell;
using Anyvisor.Simulation;
using Anyvisor.Simulation.Faults;
using Anyvisor.Simulation.Http;
using Microsoft.AspNetCore.Http;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Rad;

/// <summary>RAD's REST interface with its zone manager, on the zones of one host.</summary>
internal sealed class RadServer : IAsyncDisposable
{
    private const string Manager = "/api/com.oracle.solaris.rad.zonemgr/";
    private const string User = "zoneadmin";
    private const int MostBody = 4 << 20;

    private readonly SimHost _host;
    private readonly string _password;
    private readonly TimeProvider _time;
    private readonly Fault? _expiry;
    private readonly ConcurrentDictionary<string, (int Number, long Since)> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, List<string>> _edits = new(StringComparer.Ordinal);
    private HttpSimulation? _http;
    private int _numbers = 5000;

    private RadServer(SimHost host, string password, TimeProvider time, Fault? expiry) => (_host, _password, _time, _expiry) = (host, password, time, expiry);

    public required SimulatedAddress Address { get; init; }

    public static async Task<RadServer> StartAsync(SimulationOptions options, int port, SimulationFolder folder, SimHost host, CancellationToken cancellationToken)
    {
        if (host.Flavor != SimFlavor.Solaris11)
            throw new SimulationException("Only Solaris 11.4 has RAD's REST interface: leave out --set rad, or take flavor=solaris11.");
        var certificate = SelfSignedCertificate.ReadOrMake(folder, host.Name, options.Time);
        var (password, file) = folder.Password();
        RadServer? server = null;
        var http = await HttpSimulation.StartAsync(
            options with { Listen = new IPEndPoint(options.Listen.Address, port) }, certificate, new FaultDice(options.Faults, options.Seed), context => server!.AnswerAsync(context), cancellationToken).ConfigureAwait(false);
        server = new RadServer(host, password, options.Time, options.Faults[FaultPlan.ExpireSession])
        {
            Address = new SimulatedAddress
            {
                Driver = "zones",
                Url = $"https://{http.Endpoint}",
                User = User,
                PasswordFile = file,
                Settings = ImmutableSortedDictionary<string, string>.Empty.Add("thumbprint", SelfSignedCertificate.Thumbprint(certificate)),
            },
        };
        server._http = http;
        return server;
    }

    public ValueTask DisposeAsync() => _http?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var body = await BodyAsync(context).ConfigureAwait(false);
        if (path is "/api/authentication/1.0/Session/" && context.Request.Method == "POST")
            await SignInAsync(context, body).ConfigureAwait(false);
        else if (!SignedIn(context))
            await FailAsync(context, 401, "illegal access").ConfigureAwait(false);
        else if (path.Contains("/Session/_rad_reference/", StringComparison.Ordinal) && context.Request.Method == "DELETE")
            await SignOutAsync(context).ConfigureAwait(false);
        else if (path.StartsWith(Manager, StringComparison.Ordinal) && path[Manager.Length..].Split('/') is [var version, .. var rest] && version is "1.0" or "1.2" or "1.6" or "1.7")
            await ManagerAsync(context, version, rest, body).ConfigureAwait(false);
        else
            await FailAsync(context, 404, "object not found").ConfigureAwait(false);
    }

    private async Task SignInAsync(HttpContext context, JsonObject? body)
    {
        var given = Encoding.UTF8.GetBytes(Text(body, "password") ?? "");
        if (Text(body, "username") != User || Text(body, "scheme") != "pam" || !CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(_password)))
        {
            await FailAsync(context, 401, "illegal access").ConfigureAwait(false);
            return;
        }
        var cookie = RandomNumberGenerator.GetHexString(32);
        var number = Interlocked.Add(ref _numbers, 128);
        _sessions[cookie] = (number, _time.GetTimestamp());
        context.Response.Headers.SetCookie = $"_rad_instance={cookie}; Path=/api; HttpOnly; Secure";
        context.Response.StatusCode = 201;
        await SendAsync(context, new JsonObject { ["href"] = string.Create(CultureInfo.InvariantCulture, $"/api/com.oracle.solaris.rad.authentication/1.0/Session/_rad_reference/{number}") }).ConfigureAwait(false);
    }

    private Task SignOutAsync(HttpContext context)
    {
        _sessions.TryRemove(context.Request.Cookies["_rad_instance"] ?? "", out _);
        return SendAsync(context, null);
    }

    private bool SignedIn(HttpContext context)
    {
        var cookie = context.Request.Cookies["_rad_instance"];
        if (cookie is null || !_sessions.TryGetValue(cookie, out var session))
            return false;
        if (_expiry is null || _time.GetElapsedTime(session.Since) < _expiry.Duration)
            return true;
        _sessions.TryRemove(cookie, out _);
        return false;
    }

    private Task ManagerAsync(HttpContext context, string version, string[] path, JsonObject? body) => (context.Request.Method, path) switch
    {
        ("GET", ["ZoneInfo", ..]) => SendAsync(context, new JsonObject
        {
            ["href"] = $"{Manager[1..]}{version}/ZoneInfo",
            ["ZoneInfo"] = new JsonObject { ["brand"] = "solaris", ["id"] = 0, ["uuid"] = null, ["name"] = "global", ["isGlobal"] = true },
        }),
        ("GET", ["Zone", ""] or ["Zone"]) => ListAsync(context, version),
        ("GET", ["Zone", var name]) => OneAsync(context, version, name),
        ("PUT", ["Zone", var name, "_rad_method", var method]) => MethodAsync(context, name, method, body),
        ("PUT", ["ZoneManager", "", "_rad_method", var method]) => ZoneManagerAsync(context, method, body),
        _ => FailAsync(context, 404, "object not found"),
    };

    private Task ListAsync(HttpContext context, string version)
    {
        var all = new JsonArray();
        lock (_host.Gate)
            foreach (var zone in _host.Zones.Values)
                all.Add(Wrapped(version, zone));
        return SendAsync(context, all);
    }

    private Task OneAsync(HttpContext context, string version, string name)
    {
        JsonObject? one = null;
        lock (_host.Gate)
            if (_host.Zones.TryGetValue(name, out var zone))
                one = Wrapped(version, zone);
        return one is null ? FailAsync(context, 404, "object not found") : SendAsync(context, one);
    }

    private static JsonObject Wrapped(string version, SimZone zone) => new()
    {
        ["href"] = $"{Manager[1..]}{version}/Zone/{zone.Name}",
        ["Zone"] = new JsonObject
        {
            ["auxstate"] = new JsonArray([.. zone.Auxiliary.Select(a => JsonValue.Create(a))]),
            ["brand"] = zone.Brand,
            ["id"] = zone.Id ?? -1,
            ["uuid"] = zone.Uuid.Length > 0 ? zone.Uuid : null,
            ["name"] = zone.Name,
            ["state"] = zone.State,
        },
    };

    private async Task MethodAsync(HttpContext context, string name, string method, JsonObject? body)
    {
        lock (_host.Gate)
            if (!_host.Zones.ContainsKey(name))
                method = "";
        switch (method)
        {
            case "":
                await FailAsync(context, 404, "object not found").ConfigureAwait(false);
                break;
            case "exportConfig":
                await SendAsync(context, JsonValue.Create(Locked(() => _host.Zones[name].Config.Export()).Replace("create -b", "create -Fb", StringComparison.Ordinal))).ConfigureAwait(false);
                break;
            case "getResources":
                await SendAsync(context, Locked(() => Resources(name))).ConfigureAwait(false);
                break;
            case "editConfig":
                _edits[name] = [body?["liveMode"]?.GetValue<bool>() == true ? "live" : "stored"];
                await ResultAsync(context, 0, "", "").ConfigureAwait(false);
                break;
            case "addResource" or "setResourceProperties":
                Edit(name, method, body);
                await ResultAsync(context, 0, "", "").ConfigureAwait(false);
                break;
            case "commitConfig":
                await CommitAsync(context, name).ConfigureAwait(false);
                break;
            case "rename":
                await RunAsync(context, ["zonecfg", "-z", name, $"set zonename={Text(body, "name")}"]).ConfigureAwait(false);
                break;
            default:
                await RunAsync(context, ["zoneadm", "-z", name, method, .. Options(body)]).ConfigureAwait(false);
                break;
        }
    }

    private Task ZoneManagerAsync(HttpContext context, string method, JsonObject? body)
    {
        var name = Text(body, "name") ?? "";
        return method switch
        {
            "importConfig" => RunAsync(context, ["zonecfg", "-z", name, string.Join('\n', Strings(body, "configuration"))]),
            "delete" => RunAsync(context, ["zonecfg", "-z", name, "delete -F"]),
            _ => FailAsync(context, 404, "object not found"),
        };
    }

    private void Edit(string name, string method, JsonObject? body)
    {
        if (!_edits.TryGetValue(name, out var commands))
            return;
        var subject = body?[method == "addResource" ? "resource" : "filter"] as JsonObject;
        var of = Properties(subject).ToList();
        commands.Add(method == "addResource" ? $"add {Text(subject, "type")}" : string.Join(' ', of.Prepend($"select {Text(subject, "type")}")));
        commands.AddRange((method == "addResource" ? of : Properties(body)).Select(p => "set " + p));
        commands.Add("end");
    }

    private Task CommitAsync(HttpContext context, string name)
    {
        if (!_edits.TryRemove(name, out var commands))
            return ResultAsync(context, 1, "", "no edit is open: conflict");
        string[] words = commands[0] == "live" ? ["zonecfg", "-z", name, "-r"] : ["zonecfg", "-z", name];
        return RunAsync(context, [.. words, string.Join("; ", commands.Skip(1))]);
    }

    private static IEnumerable<string> Properties(JsonObject? body) => (body?["properties"] as JsonArray ?? []).OfType<JsonObject>().Select(p => $"{Text(p, "name")}={Text(p, "value")}");

    private JsonArray Resources(string name)
    {
        var zone = _host.Zones[name];
        var all = new JsonArray(Resource("global", [KeyValuePair.Create("zonename", name), .. zone.Config.Global.Properties]));
        foreach (var resource in zone.Config.Resources)
            all.Add(Resource(resource.Type, resource.Properties));
        return all;
    }

    private static JsonObject Resource(string type, IEnumerable<KeyValuePair<string, string>> properties) => new()
    {
        ["type"] = type,
        ["properties"] = new JsonArray([.. properties.Select(Property)]),
        ["parent"] = null,
    };

    private static JsonObject Property(KeyValuePair<string, string> property)
    {
        var list = property.Key is "allowed-address" or "defrouter" or "link-protection";
        return new JsonObject
        {
            ["name"] = property.Key,
            ["value"] = list ? null : property.Value,
            ["type"] = list ? "PROP_LIST" : "PROP_SIMPLE",
            ["listvalue"] = list ? new JsonArray([.. property.Value.Split(',').Select(value => JsonValue.Create(value.Trim()))]) : null,
            ["complexvalue"] = null,
        };
    }

    /// <summary>What RAD does with the system's own commands: it runs them, and tells what they said.</summary>
    private async Task RunAsync(HttpContext context, string[] words)
    {
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        var io = new Streams(new InputText(""), text => output.Append(text), text => errors.Append(text), false);
        var code = await CommandTable.Find(words[0])!(new Call(_host, Interpreter.Login(_host), words, io), context.RequestAborted).ConfigureAwait(false);
        await ResultAsync(context, code, output.ToString(), errors.ToString()).ConfigureAwait(false);
    }

    private static Task ResultAsync(HttpContext context, int code, string output, string errors) => SendAsync(context, new JsonObject
    {
        ["code"] = code == 0 ? "NONE" : "COMMAND_ERROR",
        ["str"] = code == 0 ? "" : errors.Trim(),
        ["stdout"] = output.Length > 0 ? output : null,
        ["stderr"] = errors.Length > 0 ? errors : null,
    });

    private T Locked<T>(Func<T> read)
    {
        lock (_host.Gate)
            return read();
    }

    private static Task SendAsync(HttpContext context, JsonNode? payload) => WriteAsync(context, new JsonObject { ["status"] = "success", ["payload"] = payload });

    private static Task FailAsync(HttpContext context, int code, string status)
    {
        context.Response.StatusCode = code;
        return WriteAsync(context, new JsonObject { ["status"] = status, ["payload"] = null });
    }

    private static async Task WriteAsync(HttpContext context, JsonObject answer)
    {
        var bytes = Encoding.UTF8.GetBytes(answer.ToJsonString());
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task<JsonObject?> BodyAsync(HttpContext context)
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted).ConfigureAwait(false);
        try
        {
            return bytes.Length is > 0 and < MostBody ? JsonNode.Parse(bytes.ToArray()) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonObject? body, string name) => body?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static IEnumerable<string> Strings(JsonObject? body, string name) => (body?[name] as JsonArray ?? []).OfType<JsonValue>().Select(v => v.ToString());

    private static IEnumerable<string> Options(JsonObject? body) => Strings(body, "options");
}
