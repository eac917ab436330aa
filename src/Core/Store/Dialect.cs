using System.Data.Common;

namespace Anyvisor.Core.Store;

/// <summary>
/// What differs between database engines, in one place. Statements of the areas use only what SQLite and PostgreSQL
/// both understand (<c>ON CONFLICT</c>, <c>RETURNING</c>, <c>LIMIT</c>, <c>@name</c> parameters); schema files write
/// <c>{identity}</c> and <c>{bytes}</c> where the types differ.
/// </summary>
public sealed class Dialect
{
    private readonly string _identity;
    private readonly string _bytes;

    private Dialect(string name, string identity, string bytes)
    {
        Name = name;
        _identity = identity;
        _bytes = bytes;
    }

    /// <summary>Also the middle part of schema files for one engine alone: <c>001.sqlite.sql</c>.</summary>
    public string Name { get; }

    public static Dialect Sqlite { get; } = new("sqlite", "INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB");

    /// <summary>Fills a schema file's placeholders.</summary>
    public string Expand(string sql) =>
        sql.Replace("{identity}", _identity, StringComparison.Ordinal).Replace("{bytes}", _bytes, StringComparison.Ordinal);

    /// <summary>A parameter of a statement that is prepared once and run for many rows.</summary>
    public static DbParameter Parameter(DbCommand command, string name)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
