using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>Names of what only one task may work on at a time.</summary>
public static class TaskLane
{
    public static string Of(ObjectKind kind, ObjectId id) => $"{kind}:{id}";

    /// <summary>A provider itself, not what it has.</summary>
    public static string Provider(string name) => $"provider:{name}";

    /// <summary>A name that is being given: two creates of one name meet here.</summary>
    public static string Name(ObjectKind kind, string provider, string name) => $"{kind}-name:{provider}/{name}";
}
