using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Core.Problems;

/// <summary>Makes the problems that Core itself finds. Every detail says what, where, and what to do.</summary>
public static class ProblemFactory
{
    /// <param name="kind">What was looked for, in the words of the API: <c>guest</c>.</param>
    /// <param name="reference">As the caller wrote it.</param>
    /// <param name="nearest">Names that the caller could have meant.</param>
    public static CommandException NotFound(string kind, string reference, ImmutableArray<string> nearest = default) =>
        Make(
            ProblemTypes.NotFound,
            $"No such {kind}",
            404,
            $"There is no {kind} '{reference}'." + (nearest.IsDefaultOrEmpty ? "" : $" Nearest: {string.Join(", ", nearest)}."),
            nearest
        );

    public static CommandException Ambiguous(string kind, string reference, ImmutableArray<string> candidates) =>
        Make(
            ProblemTypes.Ambiguous,
            $"More than one {kind}",
            409,
            $"'{reference}' names {candidates.Length} objects: use PROVIDER/NAME or an id. Candidates: {string.Join(", ", candidates)}.",
            candidates
        );

    public static CommandException Invalid(string detail, ImmutableArray<string> candidates = default) =>
        Make(ProblemTypes.InvalidArgument, "Invalid request", 400, detail, candidates);

    public static CommandException Conflict(string detail, ImmutableArray<string> candidates = default) =>
        Make(ProblemTypes.Conflict, "Conflict", 409, detail, candidates);

    public static CommandException PermissionDenied(string detail) => Make(ProblemTypes.PermissionDenied, "Not permitted", 403, detail);

    public static CommandException NotCapable(string detail) => Make(ProblemTypes.NotCapable, "Not possible here", 422, detail);

    public static CommandException CapacityExceeded(string detail) => Make(ProblemTypes.CapacityExceeded, "Not enough room", 422, detail);

    public static CommandException TooLarge(string detail) => Make(ProblemTypes.TooLarge, "Too large", 413, detail);

    public static CommandException Unreachable(string provider, string detail) =>
        new(Problem(ProblemTypes.Unreachable, "Provider unreachable", 503, detail) with { Provider = provider });

    /// <summary>We were interrupted, and nobody can tell what came of it.</summary>
    public static Problem NeedsCheck(string detail) => Problem(ProblemTypes.NeedsCheck, "Needs a check", 500, detail);

    /// <summary>A verb that can't be done, by the reason that <c>actions</c> shows.</summary>
    public static CommandException Refused(string guest, string verb, ActionState state)
    {
        var reason = state.Reason ?? new ActionReason("refused", "no reason was given");
        var problem = state.Level is ActionLevel.None or ActionLevel.ReadOnly
            ? Problem(ProblemTypes.NotCapable, "Not possible here", 422, $"{verb} {guest}: {reason.Text}")
            : Problem(ProblemTypes.Conflict, "Not possible now", 409, $"{verb} {guest}: {reason.Text}");
        return new CommandException(problem with { Instance = reason.Code });
    }

    internal static Problem Problem(string type, string title, int status, string detail) =>
        new()
        {
            Type = type,
            Title = title,
            Status = status,
            Detail = detail,
        };

    private static CommandException Make(string type, string title, int status, string detail, ImmutableArray<string> candidates = default) =>
        new(Problem(type, title, status, detail) with { Candidates = candidates.IsDefault ? [] : candidates });
}
