using System.Collections.Immutable;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Model;

namespace Anyvisor.Core.Inventory.Columns;

/// <summary>The values that many guests share, each kept once.</summary>
internal sealed class Books
{
    /// <summary>Names that are searched column by column: providers, hosts, clusters, projects, raw states, hypervisors.</summary>
    internal CodeBook<string> Texts { get; } = new(StringComparer.Ordinal, TextPattern.Fold);

    /// <summary>What rows alone hold: names and models of devices, networks, images, the texts of concerns.</summary>
    internal CodeBook<string> Details { get; } = new(StringComparer.Ordinal);

    internal CodeBook<OperatingSystemInfo> Systems { get; } = new(EqualityComparer<OperatingSystemInfo>.Default);

    internal CodeBook<ImmutableDictionary<string, string>> Tags { get; } = new(new TagComparer());

    private sealed class TagComparer : IEqualityComparer<ImmutableDictionary<string, string>>
    {
        public bool Equals(ImmutableDictionary<string, string>? x, ImmutableDictionary<string, string>? y)
        {
            if (ReferenceEquals(x, y))
                return true;
            if (x is null || y is null || x.Count != y.Count)
                return false;
            foreach (var (key, value) in x)
                if (!y.TryGetValue(key, out var other) || other != value)
                    return false;
            return true;
        }

        public int GetHashCode(ImmutableDictionary<string, string> obj)
        {
            var hash = obj.Count;
            foreach (var (key, value) in obj)
                hash ^= HashCode.Combine(key, value);
            return hash;
        }
    }
}
