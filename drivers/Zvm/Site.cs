using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Http;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Drivers.Zvm.Wire.Feilong;

namespace Anyvisor.Drivers.Zvm;

/// <summary>A system that we have a line to.</summary>
internal sealed record Member(IZvmSystem System, SystemFacts Facts)
{
    internal string Name => Facts.Name;
}

/// <summary>
/// The systems of one provider: one, or the members of a Single System Image cluster. All share one directory; a user
/// runs on one of them at a time.
/// </summary>
internal sealed class Site(ImmutableArray<Member> members, ClusterFacts? cluster) : IDisposable
{
    /// <summary>SMAPI has three workers, and the connector speaks to the same.</summary>
    private const int FeilongCalls = 4;
    private const int SmapiCalls = 3;

    internal ImmutableArray<Member> Members => members;

    internal Member First => members[0];

    internal ClusterFacts? Cluster => cluster;

    /// <summary>Members that are up and that we have no line to: what runs there, we don't see.</summary>
    internal ImmutableArray<string> Unseen { get; } =
        cluster is null ? [] : [.. cluster.Members.Where(member => IsUp(member.State) && members.All(known => known.Name != member.Name)).Select(member => member.Name)];

    internal static bool IsUp(string state) => state.Trim().Equals("Joined", StringComparison.OrdinalIgnoreCase);

    internal Member? Find(string? name) => members.FirstOrDefault(member => member.Name == name);

    internal static async Task<Site> ConnectAsync(ZvmAddress address, ProviderAddress given, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var members = ImmutableArray.CreateBuilder<Member>();
        try
        {
            members.Add(await OpenAsync(address.Root, address.Smapi, given, cancellationToken).ConfigureAwait(false));
            var cluster = await members[0].System.ReadClusterAsync(cancellationToken).ConfigureAwait(false);
            foreach (var url in address.Members)
            {
                try
                {
                    var member = await OpenAsync(url, address.Smapi, given, cancellationToken).ConfigureAwait(false);
                    if (members.Any(known => known.Name == member.Name))
                    {
                        member.System.Dispose();
                        throw new ProviderException(ProviderError.InvalidArgument, $"The setting members names {member.Name} twice, or the URL's own system: {url.Authority}{url.AbsolutePath} is it");
                    }
                    members.Add(member);
                }
                catch (ProviderException e) when (e.Error == ProviderError.Unreachable && cluster?.Members.Any(member => !IsUp(member.State)) == true)
                {
                    // A member that is down for maintenance: the cluster itself says so.
                    continue;
                }
            }
            return new Site(members.ToImmutable(), cluster);
        }
        catch
        {
            foreach (var member in members)
                member.System.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var member in members)
            member.System.Dispose();
    }

    private static async Task<Member> OpenAsync(Uri url, bool smapi, ProviderAddress given, CancellationToken cancellationToken)
    {
        var trust = ServerTrust.Of(given);
        IZvmSystem? system = null;
        FeilongClient? client = null;
        try
        {
            if (smapi)
                system = await SmapiSystem.ConnectAsync(new Wire.Smapi.SmapiClient(url, trust, given.User!, given.Password, SmapiCalls), cancellationToken).ConfigureAwait(false);
            else
            {
                client = new FeilongClient(url, trust, given.Password, FeilongCalls);
                system = await FeilongSystem.ConnectAsync(client, cancellationToken).ConfigureAwait(false);
            }
            return new Member(system, await system.ReadSystemAsync(cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            system?.Dispose();
            client?.Dispose();
            throw;
        }
    }
}
