using System.Reflection;

namespace Anyvisor.Server.Startup;

internal static class ServerVersion
{
    /// <summary>As in <c>0.1.0</c>, without the commit that builds append.</summary>
    internal static string Text { get; } =
        typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
