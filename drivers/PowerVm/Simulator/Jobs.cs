using System.Collections.Concurrent;

namespace Anyvisor.Drivers.PowerVm.Simulator;

/// <summary>A job of the console, from its request to its results.</summary>
internal sealed class SimJob
{
    public required string Id { get; init; }
    public required string Path { get; init; }
    public required string Operation { get; init; }
    public required string Group { get; init; }
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }
    public string Status { get; set; } = "NOT_STARTED";
    public double Progress { get; set; }
    public List<(string Name, string Value)> Results { get; } = [];

    /// <summary>For a migration, which may be aborted.</summary>
    public CancellationTokenSource Abort { get; } = new();

    public string Xml() =>
        XmlOut.Object("JobResponse", "web", "", xml =>
        {
            xml.Raw($"<RequestURL kb=\"ROR\" kxe=\"false\" href=\"{Path}\" rel=\"via\" title=\"The URL to which the JobRequest was submitted.\"/>")
                .Leaf("TargetUuid", "ROR", Path.Split('/')[1]).Leaf("JobID", "ROR", Id).Leaf("TimeStarted", "ROR", Status == "NOT_STARTED" ? 0 : 1669133968643).Leaf("TimeCompleted", "ROR", Status.StartsWith("COMPLETED", StringComparison.Ordinal) ? 1669133968722 : 0)
                .Leaf("Status", "ROR", Status)
                .Open("JobRequestInstance", "ROR").Open("RequestedOperation", "CUR").Leaf("OperationName", "ROR", Operation).Leaf("GroupName", "ROR", Group).Close();
            Values(xml.Open("JobParameters", "CUR"), Parameters.Select(p => (p.Key, p.Value))).Close().Close();
            xml.Open("Progress", "ROO").Leaf("LinearProgress", "ROR", Progress.ToString("0.0##", System.Globalization.CultureInfo.InvariantCulture)).Close();
            Values(xml.Open("Results", "ROR"), Results).Close();
        });

    private static XmlOut Values(XmlOut xml, IEnumerable<(string Name, string Value)> values)
    {
        foreach (var (name, value) in values)
            xml.Open("JobParameter", null).Leaf("ParameterName", "ROR", name).Leaf("ParameterValue", "CUR", value).Close();
        return xml;
    }
}

/// <summary>The jobs that there are.</summary>
internal sealed class Jobs
{
    private readonly ConcurrentDictionary<string, SimJob> _jobs = new(StringComparer.Ordinal);
    private long _last = 1_667_807_035_364;

    public string NextId() => Interlocked.Increment(ref _last).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public void Add(SimJob job) => _jobs[job.Id] = job;

    public SimJob? Find(string id) => _jobs.GetValueOrDefault(id);

    public bool Remove(string id) => _jobs.TryRemove(id, out _);

    /// <summary>The migration of a partition that is under way.</summary>
    public SimJob? Migration(string partition) => _jobs.Values.FirstOrDefault(job => job.Operation == "Migrate" && job.Status == "RUNNING" && job.Path.Contains(partition, StringComparison.OrdinalIgnoreCase));
}
