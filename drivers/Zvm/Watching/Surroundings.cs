using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Anyvisor.Driver.Watching;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm.Watching;

/// <summary>What guests are on and made of: systems, their cluster, switches, pools and images.</summary>
internal sealed class Surroundings(SiteReader reader, ObjectFactory factory)
{
    private ImmutableHashSet<string> _images = [];
    private volatile bool _stale;

    internal bool Stale { get => _stale; set => _stale = value; }

    internal async IAsyncEnumerable<Change> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _stale = false;
        var site = reader.Site;
        if (site.Cluster is { } cluster)
            yield return new Seen(factory.Cluster(cluster, reader.Now));
        foreach (var member in site.Members)
        {
            var now = member with { Facts = await member.System.ReadSystemAsync(cancellationToken).ConfigureAwait(false) };
            // A line that ends at another system than before is another provider: its name stays what it was.
            now = now with { Facts = now.Facts with { Name = member.Name } };
            yield return new Seen(factory.Host(now, reader.Now), now.Facts.Native);
            if (factory.Datastore(now, reader.Now) is { } pool)
                yield return new Seen(pool);
            foreach (var network in await member.System.ListNetworksAsync(cancellationToken).ConfigureAwait(false))
                yield return new Seen(factory.Network(member, network, reader.Now), network.Native);
        }
        foreach (var unseen in site.Cluster?.Members.Where(known => site.Find(known.Name) is null) ?? [])
            yield return new Seen(factory.Host(unseen, reader.Now));
        var images = await ImagesAsync(cancellationToken).ConfigureAwait(false);
        _images = [.. images.Select(image => image.Name)];
        foreach (var image in images)
            yield return new Seen(factory.Image(image, reader.Now), image.Native);
    }

    /// <summary>The same without a listing's end: what is not there any more is told by the connector's answer about it alone.</summary>
    internal async IAsyncEnumerable<Change> LookAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var before = _images;
        await foreach (var change in ListAsync(cancellationToken).ConfigureAwait(false))
            yield return change;
        foreach (var gone in before.Except(_images))
            yield return new Gone(ObjectKind.Image, ObjectFactory.ImageId(gone));
    }

    /// <summary>Each member's connector has images of its own; one name is one image to us.</summary>
    internal async Task<ImmutableArray<ImageFacts>> ImagesAsync(CancellationToken cancellationToken)
    {
        var all = await Task.WhenAll(reader.Site.Members.Select(member => member.System.ListImagesAsync(cancellationToken))).ConfigureAwait(false);
        return [.. all.SelectMany(images => images).DistinctBy(image => image.Name, StringComparer.Ordinal)];
    }
}
