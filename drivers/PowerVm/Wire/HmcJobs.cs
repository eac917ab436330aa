using System.Xml.Linq;
using Anyvisor.Driver;

namespace Anyvisor.Drivers.PowerVm.Wire;

/// <summary>How far a job is.</summary>
/// <param name="Status">The console's word.</param>
/// <param name="Progress">0 to 1; null where the console does not say.</param>
/// <param name="Results">By parameter name.</param>
/// <param name="Message">Why it failed.</param>
internal sealed record HmcJob(string Id, string Status, double? Progress, IReadOnlyDictionary<string, string> Results, string? Message)
{
    public bool Ended => Status is not ("NOT_STARTED" or "RUNNING" or "NOT_ACTIVE" or "QUEUED" or "CANCELLING");

    public bool Succeeded =>
        Status is "COMPLETED_OK" or "COMPLETED_WITH_WARNINGS"
        && (!Results.TryGetValue("returnCode", out var code) || HmcXml.ParseNumber(code) is 0 or null);

    public static HmcJob Read(XElement root)
    {
        var job = root.DescendantsAndSelf().FirstOrDefault(e => e.Is("JobResponse"));
        var results = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in job.Child("Results").Children("JobParameter"))
            if (parameter.Text("ParameterName") is { } name)
                results[name] = parameter.Child("ParameterValue")?.Value ?? "";
        var message = job.Text("ResponseException/Message")
            ?? results.GetValueOrDefault("ExceptionText") ?? results.GetValueOrDefault("detailedStatus") ?? results.GetValueOrDefault("result");
        return new HmcJob(
            job.Text("JobID") ?? "",
            job.Text("Status") ?? "",
            job.Number("Progress/LinearProgress") is { } part ? Math.Clamp((double)part, 0, 1) : null,
            results,
            message);
    }
}

/// <summary>Asks the console for its longer work, waits for it, and clears it away.</summary>
internal sealed class HmcJobs(HmcClient client, TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Does it to its end.</summary>
    /// <param name="path">Of the object: <c>uom/LogicalPartition/{id}</c>.</param>
    /// <param name="operation">The console's word.</param>
    /// <param name="parameters">Of the job.</param>
    /// <param name="what">For errors.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Carries the deadline: the job goes on without us.</param>
    /// <exception cref="ProviderException">It failed.</exception>
    public async Task<HmcJob> RunAsync(
        string path, string operation, IReadOnlyList<(string Name, string Value)> parameters, string what, Action<double>? progress, CancellationToken cancellationToken) =>
        Checked(await EndAsync(await BeginAsync(path, operation, parameters, what, cancellationToken).ConfigureAwait(false), what, null, progress, cancellationToken).ConfigureAwait(false), what);

    /// <summary>Delivers it, and waits a moment for a refusal: a guest's operating system may take its time.</summary>
    public async Task DeliverAsync(string path, string operation, IReadOnlyList<(string Name, string Value)> parameters, string what, TimeSpan moment, CancellationToken cancellationToken)
    {
        var job = await BeginAsync(path, operation, parameters, what, cancellationToken).ConfigureAwait(false);
        job = await EndAsync(job, what, moment, null, cancellationToken).ConfigureAwait(false);
        if (job.Ended)
            _ = Checked(job, what);
    }

    public async Task<HmcJob> BeginAsync(string path, string operation, IReadOnlyList<(string Name, string Value)> parameters, string what, CancellationToken cancellationToken)
    {
        var request = new HmcRequest(HttpMethod.Put, $"{path}/do/{operation}", what)
        {
            ContentType = "application/vnd.ibm.powervm.web+xml; type=JobRequest",
            Body = Body(operation, path.Split('/')[1], parameters),
        };
        var answer = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            return HmcJob.Read(answer.Xml(what));
        }
        catch (ProviderException e)
        {
            throw new ProviderException(e.Error, e.Message, e) { OutcomeUnknown = true };
        }
    }

    /// <summary>How a job that was begun stands; null where the console has cleared it away.</summary>
    public async Task<HmcJob?> LookAsync(string path, string id, CancellationToken cancellationToken) =>
        await client.FindAsync($"{path.Split('/')[0]}/jobs/{Uri.EscapeDataString(id)}", $"looking at the job {id}", cancellationToken).ConfigureAwait(false) is { } found
            ? HmcJob.Read(found.Content)
            : null;

    private async Task<HmcJob> EndAsync(HmcJob job, string what, TimeSpan? atMost, Action<double>? progress, CancellationToken cancellationToken)
    {
        if (job.Id.Length == 0)
            throw new ProviderException(ProviderError.ProtocolViolation, $"{what}: the console named no job") { OutcomeUnknown = true };
        var began = time.GetTimestamp();
        var address = $"uom/jobs/{Uri.EscapeDataString(job.Id)}";
        for (var wait = First; !job.Ended; wait = wait * 1.5 < Longest ? wait * 1.5 : Longest)
        {
            if (atMost is { } most && time.GetElapsedTime(began) >= most)
                return job;
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            var found = await client.FindAsync(address, what, cancellationToken).ConfigureAwait(false)
                ?? throw new ProviderException(ProviderError.ProviderFault, $"The console lost the job of {what}: look at the partition") { OutcomeUnknown = true };
            job = HmcJob.Read(found.Content);
            if (job.Progress is { } part)
                progress?.Invoke(part);
        }
        await ClearAsync(address, cancellationToken).ConfigureAwait(false);
        return job;
    }

    private async Task ClearAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            _ = await client.SendAsync(new HmcRequest(HttpMethod.Delete, address, "clearing a job away"), cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException)
        {
            // It is over, and the console clears it away by itself within a day.
        }
    }

    private static HmcJob Checked(HmcJob job, string what) =>
        job.Succeeded ? job : throw HmcErrors.OfJob(job.Message?.Trim() is { Length: > 0 } said ? said : $"the job ended as {job.Status}", job.Status, what);

    private static string Body(string operation, string group, IReadOnlyList<(string Name, string Value)> parameters)
    {
        var web = HmcXml.Web;
        return new XElement(
            web + "JobRequest",
            new XAttribute("schemaVersion", "V1_0"),
            Metadata(),
            new XElement(web + "RequestedOperation", new XAttribute("schemaVersion", "V1_0"), Metadata(), new XElement(web + "OperationName", operation), new XElement(web + "GroupName", group)),
            new XElement(
                web + "JobParameters",
                new XAttribute("schemaVersion", "V1_0"),
                Metadata(),
                parameters.Select(p => new XElement(
                    web + "JobParameter", new XAttribute("schemaVersion", "V1_0"), Metadata(), new XElement(web + "ParameterName", p.Name), new XElement(web + "ParameterValue", p.Value))))
        ).ToString(SaveOptions.DisableFormatting);

        XElement Metadata() => new(web + "Metadata", new XElement(web + "Atom"));
    }
}
