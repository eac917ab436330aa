namespace Anyvisor.Server.OpenApi;

/// <summary>A parameter as the OpenAPI document shows it. Reading it is the route's own matter.</summary>
internal sealed record QueryParameter(string Name, string Help, string Type = "string")
{
    public bool Header { get; private init; }
    public long? Least { get; private init; }
    public long? Most { get; private init; }
    public bool Required { get; private init; }

    internal static readonly QueryParameter Filter = new(
        "filter",
        "Terms that all have to hold: `power:on arch:ppc64le name~web* cpu>=4 memory>8GiB tag.env:prod -host:esx3 \"free text\"`. A comma inside a value is OR, `-` negates."
    );
    internal static readonly QueryParameter EventFilter = new("filter", "Guests' events alone, of guests that match: the language of the lists.");
    internal static readonly QueryParameter Sort = new("sort", "Fields by comma, `-` before one turns its order: `-memory,name`.");
    internal static readonly QueryParameter Limit = new("limit", "Items a page.", "integer") { Least = 1, Most = 1000 };
    internal static readonly QueryParameter EventLimit = new("limit", "Answer a page of the last events rather than a stream.", "integer") { Least = 1, Most = 1000 };
    internal static readonly QueryParameter Cursor = new("cursor", "`nextCursor` of the page before.");
    internal static readonly QueryParameter Fields = new("fields", "Only these fields, by comma and dots: `name,power,os.family`.");
    internal static readonly QueryParameter Service = new("service", "Show the platforms' own guests (VIOS, dom0) too.", "boolean");
    internal static readonly QueryParameter Native = new("native", "What the system itself says, in its own words, instead.", "boolean");
    internal static readonly QueryParameter DryRun = new("dryRun", "Answer what would be done, and do nothing.", "boolean");
    internal static readonly QueryParameter Queue = new("queue", "Wait behind a task that is in the way rather than being refused.", "boolean");
    internal static readonly QueryParameter Wait = new("wait", "Seconds to hold the answer back until the task ends.", "number") { Least = 0, Most = 60 };
    internal static readonly QueryParameter KeepDisks = new("keepDisks", "Leave its disks where they are.", "boolean");
    internal static readonly QueryParameter Accept = new(
        "accept",
        "Believe the next listing, although it lacks an implausible share of the guests.",
        "boolean"
    );
    internal static readonly QueryParameter Ticket = new("ticket", "From `GET /guests/{id}/console`; works once.") { Required = true };
    internal static readonly QueryParameter IdempotencyKey = new(
        "Idempotency-Key",
        "Up to 200 characters. The same key from the same token answers the same task: a request can be repeated without doing it twice."
    )
    {
        Header = true,
    };
    internal static readonly QueryParameter LastEventId = new("Last-Event-ID", "Go on after the event of this id.", "integer") { Header = true };

    internal static QueryParameter Text(string name, string help, bool required = false) => new(name, help) { Required = required };
}

internal sealed record QueryParameters(IReadOnlyList<QueryParameter> All);
