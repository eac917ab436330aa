using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Anyvisor.Core.Problems;
using Anyvisor.Model;

namespace Anyvisor.Core.Guests.Consoles;

/// <summary>
/// One-time tickets to consoles: a browser can't send a token with a WebSocket, and a URL must not hold one. A ticket is
/// random, good for one opening of one guest's console within thirty seconds, and kept in memory alone, by its hash.
/// </summary>
internal sealed class ConsoleTickets(TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);
    private const int MaxOpen = 10_000;
    private readonly ConcurrentDictionary<string, Issued> _open = new(StringComparer.Ordinal);

    public ConsoleTicket Issue(ObjectId guest, string actor, ImmutableArray<ConsoleInfo> consoles)
    {
        Sweep();
        if (_open.Count >= MaxOpen)
            throw ProblemFactory.Conflict($"{MaxOpen} console tickets are open: use them, or wait half a minute.");
        var ticket = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _open[HashOf(ticket)] = new Issued(guest, actor, time.GetTimestamp());
        return new ConsoleTicket(consoles, ticket, time.GetUtcNow().UtcDateTime + Life);
    }

    /// <returns>Who asked for the ticket.</returns>
    public string Redeem(string ticket, ObjectId guest)
    {
        // Taken out first: whatever is wrong with it, it works no second time.
        if (ticket.Length > 100 || !_open.TryRemove(HashOf(ticket), out var issued) || issued.Guest != guest || time.GetElapsedTime(issued.At) > Life)
            throw ProblemFactory.PermissionDenied("This console ticket is unknown, used, too old or another guest's: ask for a new one.");
        return issued.Actor;
    }

    private void Sweep()
    {
        foreach (var (hash, issued) in _open)
            if (time.GetElapsedTime(issued.At) > Life)
                _open.TryRemove(hash, out _);
    }

    private static string HashOf(string ticket) => Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(ticket)));

    private sealed record Issued(ObjectId Guest, string Actor, long At);
}
