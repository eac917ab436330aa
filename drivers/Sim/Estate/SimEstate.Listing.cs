using System.Text.Json;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Sim.Estate;

/// <summary>The estate as a listing shows it, made piece by piece so that no lock is held for long.</summary>
internal sealed partial class SimEstate
{
    private const int ChunkLength = 512;

    /// <param name="half">Leave out every other guest: a lie for tests.</param>
    public IEnumerable<Change> List(bool half)
    {
        foreach (var fixture in Fixtures.All(Now))
            yield return fixture;
        foreach (var image in ImportedImages())
            yield return new Seen(image);
        for (var host = 0; host < Layout.HostNames.Length; host++)
            yield return new Seen(Fixtures.Host(host, UsedMemory(host), Now));
        var chunk = new List<Change>(ChunkLength);
        for (var from = 0; from < _states.Length; from += ChunkLength)
        {
            chunk.Clear();
            FillGuests(chunk, from, half ? 2 : 1);
            foreach (var change in chunk)
                yield return change;
        }
        foreach (var guest in Kept())
            yield return new Seen(guest);
        for (var number = 0; number < Layout.Options.VolumeCount; number++)
            if (VolumeOf(number) is { } volume)
                yield return new Seen(volume);
        foreach (var change in ListMade())
            yield return change;
    }

    private void FillGuests(List<Change> chunk, int from, int step)
    {
        lock (_gate)
        {
            var now = Now;
            for (var index = from; index < Math.Min(from + ChunkLength, _states.Length); index += step)
                if ((_states[index].Flags & (GuestFlags.Removed | GuestFlags.Adopted)) == 0)
                    chunk.Add(new Seen(_factory.Make(index, _states[index], ObservationSource.Poll, now), Native(index)));
        }
    }

    private Guest[] Kept()
    {
        lock (_gate)
            return [.. _kept.Values];
    }

    /// <summary>The disk of every so many guests stands for itself in the listing.</summary>
    private Volume? VolumeOf(int number)
    {
        lock (_gate)
        {
            var index = (int)((long)number * _states.Length / Layout.Options.VolumeCount);
            var state = _states[index];
            if (state.Flags.HasFlag(GuestFlags.Removed))
                return null;
            return Fixtures.Volume(number, _factory.Make(index, state, ObservationSource.Poll, Now), Now);
        }
    }

    private ReadOnlyMemory<byte> Native(int index)
    {
        if (!Layout.Options.Native)
            return default;
        var state = _states[index];
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("slot", index);
            json.WriteNumber("generation", state.Generation);
            json.WriteString("platform", Layout.PlatformOf(state.Host).Word);
            json.WriteString("machine", Layout.PlatformOf(state.Host).Model);
            json.WriteString("bootOrder", "disk,network");
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
