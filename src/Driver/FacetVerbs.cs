using System.Collections.Immutable;
using Anyvisor.Driver.Facets;
using Anyvisor.Model;

namespace Anyvisor.Driver;

/// <summary>
/// Which verbs a connection can do at all, read from the facets of its type: the table of what each driver can do
/// comes from here, so it can't lie.
/// </summary>
public static class FacetVerbs
{
    /// <param name="emulated">Those of the verbs that the connection does by a detour.</param>
    public static ImmutableSortedDictionary<Verb, ActionLevel> Of<TConnection>(params ReadOnlySpan<Verb> emulated)
        where TConnection : IProviderConnection => Of(typeof(TConnection), emulated);

    /// <param name="connection">A type that implements <see cref="IProviderConnection"/>.</param>
    /// <param name="emulated">Those of the verbs that the connection does by a detour.</param>
    public static ImmutableSortedDictionary<Verb, ActionLevel> Of(Type connection, params ReadOnlySpan<Verb> emulated)
    {
        var verbs = ImmutableSortedDictionary.CreateBuilder<Verb, ActionLevel>();
        Add<IGuestPower>(Verb.Start, Verb.Stop);
        Add<IGuestShutdown>(Verb.Shutdown, Verb.Reboot);
        Add<IGuestReset>(Verb.Reset);
        Add<IGuestPause>(Verb.Pause, Verb.Resume);
        Add<IGuestSuspend>(Verb.Suspend, Verb.Resume);
        Add<IGuestRename>(Verb.Rename);
        Add<IGuestResize>(Verb.Resize);
        Add<ITags>(Verb.Tag);
        Add<IGuestDelete>(Verb.Delete);
        Add<IGuestClone>(Verb.Clone);
        Add<IGuestCapture>(Verb.Capture);
        Add<IGuestSnapshots>(Verb.SnapshotCreate, Verb.SnapshotRevert, Verb.SnapshotDelete);
        Add<IGuestMigrate>(Verb.Migrate);
        Add<IGuestConsole>(Verb.ConsoleSerial, Verb.ConsoleVnc);
        foreach (var verb in emulated)
            if (verbs.ContainsKey(verb))
                verbs[verb] = ActionLevel.Emulated;
        return verbs.ToImmutable();

        void Add<TFacet>(params ReadOnlySpan<Verb> of)
        {
            if (!connection.IsAssignableTo(typeof(TFacet)))
                return;
            foreach (var verb in of)
                verbs[verb] = ActionLevel.Native;
        }
    }
}
