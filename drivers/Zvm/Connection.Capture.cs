using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Watching;
using Anyvisor.Drivers.Zvm.Work;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm;

internal partial class Connection : IGuestCapture
{
    public async Task<WorkPlan> PlanCaptureAsync(Guest guest, CaptureGuest request, string taskId, CancellationToken cancellationToken)
    {
        var (user, now, _) = await ForAsync(Verb.Capture, guest, cancellationToken).ConfigureAwait(false);
        if (request.Name.Length is 0 or > 255 || request.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && !"-_. ".Contains(c, StringComparison.Ordinal)))
            throw Invalid($"'{request.Name}' can't be an image's name: the connector takes up to 255 letters, digits, '-', '_' and '.'");
        if ((await _watch.Surroundings.ImagesAsync(cancellationToken).ConfigureAwait(false)).Any(image => image.Name == request.Name))
            throw new ProviderException(ProviderError.Conflict, $"The cloud connector has an image '{request.Name}' already. Choose another name");
        return new WorkPlan
        {
            Host = now.Host,
            Makes = ObjectFactory.ImageId(request.Name),
            Steps = [new WorkStep(Steps.Capture, $"Capture {now.Name} as {request.Name}", Arguments(("user", user.UserId), ("member", user.ManagedBy!), ("image", request.Name))) { Weight = 10 }],
            Concerns = [new Concern("zvm.capture-restarts", ConcernSeverity.Warning, "The guest restarts", $"The connector shuts {now.Name} down while it copies its root disk, and starts it again: it is away for minutes.")],
        };
    }

    private async Task RunCaptureAsync(WorkStep step, CancellationToken cancellationToken)
    {
        if (await HasImageAsync(step, cancellationToken).ConfigureAwait(false))
            return;
        try
        {
            await ((FeilongSystem)SystemOf(step)).CaptureAsync(step.Text("user"), step.Text("image"), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _watch.TouchSurroundings();
            _watch.Touch(step.Text("user"));
        }
    }

    /// <summary>That name was free when the work was laid out: the image of it is ours.</summary>
    private async Task UndoCaptureAsync(WorkStep step, CancellationToken cancellationToken)
    {
        if (!await HasImageAsync(step, cancellationToken).ConfigureAwait(false))
            return;
        await ((FeilongSystem)SystemOf(step)).DeleteImageAsync(step.Text("image"), cancellationToken).ConfigureAwait(false);
        _watch.TouchSurroundings();
    }

    private async Task<bool> HasImageAsync(WorkStep step, CancellationToken cancellationToken) =>
        (await SystemOf(step).ListImagesAsync(cancellationToken).ConfigureAwait(false)).Any(image => image.Name == step.Text("image"));
}
