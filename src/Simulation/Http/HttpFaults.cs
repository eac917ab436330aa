using Anyvisor.Simulation.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Anyvisor.Simulation.Http;

/// <summary>Injects <see cref="FaultPlan.Slow"/>, <see cref="FaultPlan.Drop"/> and <see cref="FaultPlan.Garbage"/> into HTTP calls.</summary>
public static class HttpFaults
{
    public static void UseHttpFaults(this IApplicationBuilder app, FaultDice dice, TimeProvider time) =>
        app.Use(next => context => InjectAsync(context, next, dice, time));

    private static async Task InjectAsync(HttpContext context, RequestDelegate next, FaultDice dice, TimeProvider time)
    {
        if (dice.Roll(FaultPlan.Slow) is { } slow)
            await Task.Delay(slow.Duration, time, context.RequestAborted).ConfigureAwait(false);
        var drop = dice.Roll(FaultPlan.Drop) is not null;
        var garbage = dice.Roll(FaultPlan.Garbage) is not null;
        if (drop && dice.Next(2) == 0)
        {
            context.Abort();
            return;
        }
        if (!drop && !garbage)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var wire = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await next(context).ConfigureAwait(false);
        context.Response.Body = wire;
        if (drop)
        {
            // The call is done, and whoever asked will never know.
            context.Abort();
            return;
        }
        var bytes = answer.GetBuffer().AsMemory(0, (int)answer.Length);
        var length = dice.Spoil(bytes.Span);
        context.Response.ContentLength = length;
        await wire.WriteAsync(bytes[..length], context.RequestAborted).ConfigureAwait(false);
    }
}
