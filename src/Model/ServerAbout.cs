using System.Collections.Immutable;

namespace Anyvisor.Model;

/// <summary>What answers at <c>GET /api/v1</c>.</summary>
/// <param name="Product">Always <c>anyvisor</c>.</param>
/// <param name="Version">The server's.</param>
/// <param name="Features">Named additions to the API, for clients to test for; none is ever taken away.</param>
/// <param name="Session">Who asks.</param>
public sealed record ServerAbout(string Product, string Version, ImmutableArray<string> Features, Session Session);
