using System.Collections.Immutable;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Zvm.Systems;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Zvm;

/// <summary>What a user's console shows; nothing can be typed there from outside z/VM.</summary>
internal partial class Connection : IGuestConsole
{
    private static readonly TimeSpan ConsolePoll = TimeSpan.FromSeconds(3);

    public async Task<ImmutableArray<ConsoleInfo>> ListConsolesAsync(Guest guest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await ReadUserAsync(UserOf(guest), cancellationToken).ConfigureAwait(false) is not { } user)
            throw NoSuch(guest, null);
        var state = Judge(Verb.ConsoleSerial, _factory.Guest(user), user);
        return [new ConsoleInfo(ConsoleKind.Serial, state.Allowed, state.Reason)];
    }

    public async Task<Stream> OpenConsoleAsync(Guest guest, ConsoleKind kind, CancellationToken cancellationToken)
    {
        var (user, _, system) = await ForAsync(kind == ConsoleKind.Serial ? Verb.ConsoleSerial : Verb.ConsoleVnc, guest, cancellationToken).ConfigureAwait(false);
        var connector = (FeilongSystem)system;
        var first = await connector.ReadConsoleAsync(user.UserId, cancellationToken).ConfigureAwait(false);
        return new ConsoleLog(first, token => connector.ReadConsoleAsync(user.UserId, token), ConsolePoll, _time);
    }
}
