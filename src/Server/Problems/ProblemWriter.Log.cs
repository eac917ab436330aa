namespace Anyvisor.Server.Problems;

internal sealed partial class ProblemWriter
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A defect: {Method} {Path} failed (request {Request})")]
    private partial void Defect(Exception error, string method, PathString path, string request);
}
