namespace Anyvisor.Simulation.Faults;

/// <summary>Decides when faults strike, the same way for the same seed and the same order of questions. Thread-safe.</summary>
public sealed class FaultDice(FaultPlan plan, int seed)
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);

    public FaultPlan Plan => plan;

    /// <summary>The fault, if it strikes this time.</summary>
    public Fault? Roll(string name)
    {
        if (plan[name] is not { Probability: > 0 } fault)
            return null;
        lock (_gate)
            return _random.NextDouble() < fault.Probability ? fault : null;
    }

    /// <summary>Below <paramref name="limit"/>.</summary>
    public int Next(int limit)
    {
        lock (_gate)
            return _random.Next(limit);
    }

    /// <summary>
    /// Cuts an answer short, or changes some of its bytes, in place. Gives its new length. Never leaves it as it was,
    /// unless it is empty.
    /// </summary>
    public int Spoil(Span<byte> answer)
    {
        if (answer.Length == 0)
            return 0;
        if (Next(2) == 0)
            return Next(answer.Length);
        for (var count = 1 + Next(8); count > 0; count--)
            answer[Next(answer.Length)] ^= (byte)(1 + Next(255));
        return answer.Length;
    }
}
