namespace Anyvisor.Cli.Output;

/// <summary>How an answer is printed.</summary>
internal enum OutputFormat
{
    Table,

    /// <summary>A table with every column.</summary>
    Wide,

    /// <summary>The server's own JSON.</summary>
    Json,
    Yaml,

    /// <summary>Names alone, one a line.</summary>
    Name,
}
