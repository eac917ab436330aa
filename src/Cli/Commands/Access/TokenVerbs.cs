using System.CommandLine;
using Anyvisor.Cli.Output;

namespace Anyvisor.Cli.Commands.Access;

/// <summary>The verbs of <c>token</c>.</summary>
internal static class TokenVerbs
{
    private static readonly Column[] Columns =
    [
        new("NAME", "name"),
        new("ROLE", "role"),
        Column.Ago("CREATED", "createdAt"),
        Column.Ago("EXPIRES", "expiresAt"),
        Column.Ago("USED", "lastUsedAt"),
    ];

    internal static IEnumerable<Command> Create() =>
        [new ListCommand("List tokens, without their keys", "/tokens", Columns, ListTakes.Nothing), new TokenCreateCommand(), new TokenRevokeCommand()];
}
