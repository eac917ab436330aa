using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>Names of what only one task may work on at a time, or many together as long as nobody wants it for itself.</summary>
public static class TaskLane
{
    /// <summary>Before the name of a lane that is taken together with others. No lane's own name begins so.</summary>
    private const char Together = '+';

    public static string Of(ObjectKind kind, ObjectId id) => $"{kind}:{id}";

    /// <summary>A provider itself, not what it has.</summary>
    public static string Provider(string name) => $"provider:{name}";

    /// <summary>What a provider has: work on it shares this lane, and whoever ends the provider wants it for itself.</summary>
    public static string At(string provider) => $"at:{provider}";

    /// <summary>A name that is being given: two creates of one name meet here.</summary>
    public static string Name(ObjectKind kind, string provider, string name) => $"{kind}-name:{provider}/{name}";

    /// <summary>The lane, taken beside others that share it too.</summary>
    public static string Shared(string lane) => Together + lane;

    /// <summary>The lane's own name, and whether it is taken together with others.</summary>
    internal static (string Lane, bool Shared) Parse(string lane) => lane[0] == Together ? (lane[1..], true) : (lane, false);
}
