using System.Text.Json;

namespace Anyvisor.Drivers.Zvm.Simulator.Feilong;

/// <summary>What the connector refuses, in its codes.</summary>
internal sealed class FeilongFault(int http, int overall, int? modId, int rc, int rs, string message) : Exception(message)
{
    internal int Http => http;
    internal int Overall => overall;
    internal int? ModId => modId;
    internal int Rc => rc;
    internal int Rs => rs;

    internal static FeilongFault NoGuest(string user) => new(404, 404, 10, 404, 1, $"Guest '{user}' does not exist.");

    internal static FeilongFault NotActive(string user) => new(409, 409, 10, 409, 1, $"Guest '{user}' is not in active status.");

    internal static FeilongFault Invalid(string message) => new(400, 400, 120, 400, 1, "Invalid request: " + message);
}

/// <summary>Writes the envelope of every answer.</summary>
internal static class Answer
{
    internal static byte[] Success(Action<Utf8JsonWriter>? output) => Write(0, null, 0, 0, "", output ?? (json => json.WriteStringValue("")));

    internal static byte[] Failure(FeilongFault fault) => Write(fault.Overall, fault.ModId, fault.Rc, fault.Rs, fault.Message, json => json.WriteStringValue(""));

    private static byte[] Write(int overall, int? modId, int rc, int rs, string message, Action<Utf8JsonWriter> output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("rs", rs);
            json.WriteNumber("overallRC", overall);
            if (modId is { } id)
                json.WriteNumber("modID", id);
            else
                json.WriteNull("modID");
            json.WriteNumber("rc", rc);
            json.WriteString("errmsg", message);
            json.WritePropertyName("output");
            output(json);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    internal static Action<Utf8JsonWriter> Text(string text) => json => json.WriteStringValue(text);

    internal static Action<Utf8JsonWriter> Texts(IEnumerable<string> texts) => json =>
    {
        json.WriteStartArray();
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    };

    internal static Action<Utf8JsonWriter> Fields(Action<Utf8JsonWriter> fields) => json =>
    {
        json.WriteStartObject();
        fields(json);
        json.WriteEndObject();
    };
}
