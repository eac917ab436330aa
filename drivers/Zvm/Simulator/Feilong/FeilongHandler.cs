using System.Text.Json;
using Anyvisor.Drivers.Zvm.Simulator.Estate;
using Microsoft.AspNetCore.Http;

namespace Anyvisor.Drivers.Zvm.Simulator.Feilong;

/// <summary>Takes the connectors' calls: which member, which page, who asks.</summary>
internal sealed class FeilongHandler(ZvmEstate estate, Sessions sessions)
{
    private readonly FeilongPages _pages = new(estate);
    private readonly FeilongChanges _changes = new(estate);

    internal async Task HandleAsync(HttpContext context)
    {
        byte[] answer;
        try
        {
            answer = await AnswerAsync(context).ConfigureAwait(false);
        }
        catch (FeilongFault fault)
        {
            context.Response.StatusCode = fault.Http;
            answer = Answer.Failure(fault);
        }
        catch (Refusal refusal)
        {
            // The management API's refusals come through with its own codes.
            context.Response.StatusCode = refusal.Rc is 400 or 200 && refusal.Rs == 4 ? 404 : 500;
            answer = Answer.Failure(new FeilongFault(500, 8, 1, refusal.Rc, refusal.Rs, $"SMT error: SMAPI API failed, overall rc: 8, rc: {refusal.Rc}, rs: {refusal.Rs}, out: {refusal.Message}"));
        }
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<byte[]> AnswerAsync(HttpContext context)
    {
        var path = (context.Request.Path.Value ?? "/").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var member = path.Length > 0 ? estate.Members.ToList().FindIndex(known => known.Name == path[0]) : -1;
        if (member >= 0)
            path = path[1..];
        member = Math.Max(member, 0);
        var method = context.Request.Method;
        if (path is ["token"] && method == "POST")
        {
            var token = sessions.SignIn(context.Request.Headers["X-Admin-Token"]) ?? throw new FeilongFault(401, 401, 120, 401, 1, "The administrator token is not valid");
            context.Response.Headers["X-Auth-Token"] = token;
            return Answer.Success(null);
        }
        if (path.Length == 0)
            return Answer.Success(Answer.Fields(json =>
            {
                json.WriteString("version", "1.7.0");
                json.WriteString("api_version", "1.0");
                json.WriteString("min_version", "1.0");
                json.WriteString("max_version", "1.0");
            }));
        if (!sessions.IsValid(context.Request.Headers["X-Auth-Token"]))
            throw new FeilongFault(401, 401, 120, 401, 1, "Authentication failed: the token is invalid or has expired");
        if (method == "GET")
            return estate.Locked(_ => Answer.Success(_pages.Get(member, path, context.Request.Query) ?? throw new FeilongFault(404, 404, 120, 404, 1, "The resource could not be found.")));
        using var body = await BodyAsync(context).ConfigureAwait(false);
        return Answer.Success(_changes.Do(member, method, path, body?.RootElement ?? default));
    }

    private static async Task<JsonDocument?> BodyAsync(HttpContext context)
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted).ConfigureAwait(false);
        if (bytes.Length == 0)
            return null;
        try
        {
            return JsonDocument.Parse(bytes.ToArray());
        }
        catch (JsonException e)
        {
            throw FeilongFault.Invalid(e.Message);
        }
    }
}
