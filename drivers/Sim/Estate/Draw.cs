namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>
/// A stream of numbers that its seed fixes for ever (SplitMix64): the same estate on every machine and runtime,
/// which <see cref="Random"/> does not promise.
/// </summary>
internal struct Draw
{
    private ulong _state;

    public Draw(ulong seed) => _state = seed;

    /// <summary>A stream of its own for each object and purpose, so that adding a draw to one moves no other.</summary>
    public Draw(ulong seed, Purpose purpose, int index, int generation = 0) =>
        _state = Mix(Mix(seed ^ ((ulong)purpose << 56)) ^ ((ulong)(uint)generation << 32) ^ (uint)index);

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    /// <summary>From 0 to <paramref name="limit"/> less one.</summary>
    public int Below(int limit) => (int)(((Next() >> 32) * (ulong)limit) >> 32);

    public bool OneIn(int chances) => Below(chances) == 0;

    public T Of<T>(T[] choices) => choices[Below(choices.Length)];

    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}

internal enum Purpose : byte
{
    GuestIdentity = 1,
    GuestState,
    Guest,
    Host,
    Cluster,
    Image,
    Size,
    Volume,
    Datastore,
    Network,
    Churn,
}
