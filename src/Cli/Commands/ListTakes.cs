namespace Anyvisor.Cli.Commands;

/// <summary>What a list of the API can be asked for.</summary>
internal enum ListTakes
{
    /// <summary>It comes whole.</summary>
    Nothing,

    /// <summary>Pages.</summary>
    Pages,

    /// <summary>Pages, filter, order and fields.</summary>
    Query,
}
