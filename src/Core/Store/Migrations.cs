using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace Anyvisor.Core.Store;

/// <summary>
/// Brings a file's tables to what this version expects. Each area (a folder of Core) keeps its own numbered files in
/// <c>Schema/</c>: <c>001.sql</c> for every engine and, where needed, <c>001.sqlite.sql</c> after it. A file that has
/// been released is never changed; the next change is the next number.
/// </summary>
internal static class Migrations
{
    public static void Apply(DbConnection connection, Dialect dialect, ImmutableArray<string> areas)
    {
        connection.Execute("CREATE TABLE IF NOT EXISTS schema_version (area TEXT PRIMARY KEY, version BIGINT NOT NULL)");
        foreach (var area in areas)
            ApplyArea(connection, dialect, area);
    }

    private static void ApplyArea(DbConnection connection, Dialect dialect, string area)
    {
        var have = connection.ExecuteScalar<long?>("SELECT version FROM schema_version WHERE area = @area", new { area }) ?? 0;
        var scripts = ScriptsOf(area, dialect);
        var latest = scripts.Count == 0 ? 0 : scripts.Keys.Last();
        if (have > latest)
            throw new StoreException(
                StoreFault.NotAvailable,
                $"The store was written by a newer version of Anyvisor ({area} is at {have}, this version knows {latest}). Run that version, or restore a backup from before the upgrade."
            );
        foreach (var (version, sql) in scripts.Where(script => script.Key > have))
        {
            connection.Execute(sql);
            connection.Execute(
                "INSERT INTO schema_version (area, version) VALUES (@area, @version) ON CONFLICT (area) DO UPDATE SET version = excluded.version",
                new { area, version }
            );
        }
    }

    private static ImmutableSortedDictionary<long, string> ScriptsOf(string area, Dialect dialect)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = area + "/Schema/";
        var scripts = ImmutableSortedDictionary.CreateBuilder<long, string>();
        // "001.sql" sorts before "001.sqlite.sql" by ordinal comparison of what follows the number.
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var parts = name[prefix.Length..].Split('.');
            if (parts.Length == 3 && parts[1] != dialect.Name)
                continue;
            var version = long.Parse(parts[0], CultureInfo.InvariantCulture);
            scripts[version] = scripts.GetValueOrDefault(version, "") + dialect.Expand(Read(assembly, name)) + "\n";
        }
        return scripts.ToImmutable();
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
