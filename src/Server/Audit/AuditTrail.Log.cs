namespace Anyvisor.Server.Audit;

internal sealed partial class AuditTrail
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The audit log lacks a line: {Action} {Outcome} for {Actor}")]
    private partial void OutcomeLost(Exception error, string action, string outcome, string actor);
}
