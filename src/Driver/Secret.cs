using System.Diagnostics;

namespace Anyvisor.Driver;

/// <summary>A value that prints as stars: only <see cref="Reveal"/> gives it away, so every use can be found.</summary>
[DebuggerDisplay("***")]
public sealed class Secret(string value)
{
    public string Reveal() => value;

    public override string ToString() => "***";
}
