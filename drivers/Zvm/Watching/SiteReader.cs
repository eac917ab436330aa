using System.Collections.Frozen;
using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Drivers.Zvm.Entries;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm.Watching;

/// <summary>Which user is where now, by all members' word.</summary>
/// <param name="Running">By user.</param>
/// <param name="Managed">By member; null where it has no register.</param>
/// <param name="At">When the first question was asked: what was seen later is newer.</param>
internal sealed record Presences(Dictionary<string, (string Member, RunningFacts Facts)> Running, ImmutableArray<(string Member, FrozenSet<string>? Users)> Managed, DateTime At)
{
    internal string? ManagerOf(string user, string? runsOn)
    {
        // Where it runs goes before where it is registered; an interface without a register manages what runs there, or anything.
        foreach (var (member, users) in Managed)
            if (member == runsOn && users?.Contains(user) != false)
                return member;
        foreach (var (member, users) in Managed)
            if (users?.Contains(user) != false)
                return users is null && runsOn is not null ? runsOn : member;
        return null;
    }
}

/// <summary>Asks the members, and puts their answers together. Thread-safe.</summary>
internal sealed class SiteReader(Site site, TimeProvider time)
{
    internal Site Site => site;

    internal DateTime Now => time.GetUtcNow().UtcDateTime;

    internal async Task<ImmutableArray<string>> UsersAsync(CancellationToken cancellationToken)
    {
        // One directory, whoever is asked.
        var users = await site.First.System.ListUsersAsync(cancellationToken).ConfigureAwait(false);
        return [.. users.Where(UserId.IsValid)];
    }

    internal async Task<Presences> PresencesAsync(IReadOnlyCollection<string> users, CancellationToken cancellationToken)
    {
        var at = Now;
        var running = new Dictionary<string, (string, RunningFacts)>(StringComparer.Ordinal);
        var answers = await Task.WhenAll(site.Members.Select(member => Async(member))).ConfigureAwait(false);
        foreach (var (member, there, _) in answers)
            foreach (var (user, facts) in there)
                running[user] = (member.Name, facts);
        return new Presences(running, [.. answers.Select(answer => (answer.Member.Name, answer.Managed))], at);

        async Task<(Member Member, Dictionary<string, RunningFacts> Running, FrozenSet<string>? Managed)> Async(Member member) =>
            (member, await member.System.ListRunningAsync(users, cancellationToken).ConfigureAwait(false), await member.System.ListManagedAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>A user with all that is told of it; null when the directory has it not, or it is no user but a part of one.</summary>
    internal async Task<KnownUser?> ReadAsync(string user, Presences presences, KnownUser? before, bool inside, CancellationToken cancellationToken)
    {
        if (Known(user, await EntryAsync(user, cancellationToken).ConfigureAwait(false), presences, before) is not { } known)
            return null;
        return inside && known is { RunsOn: not null, ManagedBy: not null } ? await WithInsideAsync(known, cancellationToken).ConfigureAwait(false) : known;
    }

    /// <summary>Null where the entry is not a user's.</summary>
    internal KnownUser? Known(string user, UserEntry? entry, Presences presences, KnownUser? before)
    {
        if (entry is not { Kind: EntryKind.User or EntryKind.Identity })
            return null;
        var known = State(new KnownUser { UserId = user, Entry = entry, Adapters = before?.Adapters ?? [], Inside = before?.Inside, RunsOn = before?.RunsOn, Running = before?.Running ?? new RunningFacts() }, presences);
        return known.RunsOn is null ? known with { Adapters = [] } : known;
    }

    /// <summary>Null when the directory has it not.</summary>
    internal async Task<UserEntry?> EntryAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            return EntryReader.Read(await site.First.System.ReadEntryAsync(user, cancellationToken).ConfigureAwait(false));
        }
        catch (ProviderException e) when (e.Error == ProviderError.NotFound)
        {
            return null;
        }
    }

    internal KnownUser State(KnownUser user, Presences presences)
    {
        var runs = presences.Running.TryGetValue(user.UserId, out var there);
        return user with
        {
            RunsOn = runs ? there.Member : null,
            Running = !runs ? new RunningFacts() : there.Facts is { Cpus: null, Memory: null } && user.RunsOn == there.Member ? user.Running : there.Facts,
            Word = runs ? PowerWord.On : PowerWord.Off,
            Source = runs ? ObservationSource.Poll : ObservationSource.Inferred,
            ManagedBy = presences.ManagerOf(user.UserId, runs ? there.Member : null),
            ObservedAt = Now,
        };
    }

    /// <summary>The hypervisors' own word on one user: the member where it runs and the word there; of all that say off, the first's.</summary>
    internal async Task<(string? RunsOn, string Word)> PowerAsync(string user, CancellationToken cancellationToken)
    {
        var words = await Task.WhenAll(site.Members.Select(async member => (member.Name, Word: await member.System.ReadPowerAsync(user, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        foreach (var (member, word) in words)
            if (PowerWord.Meaning(word).Power is not PowerState.Off)
                return (member, word);
        return (null, words[0].Word);
    }

    private async Task<KnownUser> WithInsideAsync(KnownUser user, CancellationToken cancellationToken)
    {
        var system = site.Find(user.RunsOn)!.System;
        try
        {
            var adapters = await system.ReadAdaptersAsync(user.UserId, cancellationToken).ConfigureAwait(false);
            var running = await system.ReadRunningAsync(user.UserId, cancellationToken).ConfigureAwait(false) ?? user.Running;
            return user with { Adapters = adapters, Running = running, Inside = await system.ReadInsideAsync(user.UserId, cancellationToken).ConfigureAwait(false) ?? user.Inside };
        }
        catch (ProviderException e) when (e.Error is not (ProviderError.Unreachable or ProviderError.TimedOut or ProviderError.AuthenticationFailed or ProviderError.ProtocolViolation))
        {
            // Needs an authorised Linux inside, which many users are not: what the directory says stands.
            return user;
        }
    }
}
