using Anyvisor.Client;
using Anyvisor.Model;

namespace Anyvisor.Cli;

/// <summary>What a command's end means to a script.</summary>
internal static class ExitCode
{
    internal const int Done = 0;
    internal const int Failed = 1;
    internal const int Usage = 2;
    internal const int NotFound = 3;
    internal const int Refused = 4;
    internal const int TimedOut = 5;
    internal const int NotCapable = 6;

    internal static int Of(Problem? problem) =>
        problem?.Type switch
        {
            ProblemTypes.NotFound => NotFound,
            ProblemTypes.AuthenticationFailed or ProblemTypes.PermissionDenied => Refused,
            ProblemTypes.TimedOut => TimedOut,
            ProblemTypes.NotCapable => NotCapable,
            ProblemTypes.InvalidArgument or ProblemTypes.Ambiguous => Usage,
            _ => Failed,
        };
}
