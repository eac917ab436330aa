namespace Anyvisor.Drivers.VCloud.Simulator;

/// <summary>A task: it runs for a while, and has its effect at the end.</summary>
internal sealed class SimTask
{
    public required Guid Uuid { get; init; }
    public required string Operation { get; init; }
    public required string Text { get; init; }
    public required string OwnerPath { get; init; }
    public required string OwnerName { get; init; }
    public required string OwnerType { get; init; }
    public required DateTimeOffset Started { get; init; }
    public required Action Effect { get; init; }
    public DateTimeOffset? Ended { get; set; }
    public string Status { get; set; } = "running";
    public Refusal? Error { get; set; }
}

/// <summary>The tasks that run and ran. Whoever calls holds the estate's gate.</summary>
internal sealed class SimTasks(TimeProvider time, TimeSpan duration, Random random)
{
    private readonly Dictionary<Guid, SimTask> _all = [];

    /// <summary>Ends the tasks whose time has come.</summary>
    public void Turn()
    {
        foreach (var task in _all.Values.Where(task => task.Status == "running" && time.GetUtcNow() - task.Started >= duration).ToList())
            try
            {
                task.Ended = time.GetUtcNow();
                task.Effect();
                task.Status = "success";
            }
            catch (Refusal e)
            {
                (task.Status, task.Error) = ("error", e);
            }
    }

    public SimTask? Find(Guid uuid) => _all.GetValueOrDefault(uuid);

    public IEnumerable<SimTask> On(string path) => _all.Values.Where(task => task.Status == "running" && task.OwnerPath == path);

    /// <exception cref="Refusal">Another task runs on the object.</exception>
    public SimTask Begin(string operation, string text, string path, string name, string type, Action effect)
    {
        if (On(path).FirstOrDefault() is { } other)
            throw new Refusal(400, "BUSY_ENTITY", $"The entity {name} is busy completing an operation {other.Operation}.");
        var task = new SimTask { Uuid = SimLayout.Id(random), Operation = operation, Text = text, OwnerPath = path, OwnerName = name, OwnerType = type, Started = time.GetUtcNow(), Effect = effect };
        _all.Add(task.Uuid, task);
        return task;
    }
}

/// <summary>The system refuses; the words are its own.</summary>
internal sealed class Refusal(int status, string code, string message) : Exception(message)
{
    public int Status => status;
    public string Code => code;

    public static Refusal Forbidden(string what) => new(403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN", $"No access to entity \"{what}\".");
}
