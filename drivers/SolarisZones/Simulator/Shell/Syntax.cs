using System.Collections.Immutable;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Shell;

/// <summary>A piece of a word: literal text, or a parameter whose value comes in its place.</summary>
/// <param name="Text">The text, or the parameter's name.</param>
/// <param name="Quoted">Not split into words.</param>
/// <param name="Parameter">Whether it is one.</param>
internal readonly record struct Piece(string Text, bool Quoted, bool Parameter);

internal sealed record Word(ImmutableArray<Piece> Pieces);

/// <param name="Descriptor">0, 1 or 2.</param>
/// <param name="Operator"><c>&lt;</c>, <c>&lt;&lt;</c> (the target is the text itself), <c>&gt;</c>, <c>&gt;&gt;</c> or <c>&amp;</c> (another descriptor's place).</param>
internal sealed record Redirection(int Descriptor, string Operator, Word Target);

/// <summary>What a shell runs.</summary>
internal abstract record Node
{
    public ImmutableArray<Redirection> Redirections { get; init; } = [];
}

internal sealed record SimpleCommand(ImmutableArray<(string Name, Word Value)> Assignments, ImmutableArray<Word> Words) : Node;

/// <summary>Commands one after another; one may go on in the background.</summary>
internal sealed record Sequence(ImmutableArray<(Node Command, bool Background)> Items) : Node;

/// <summary>Joined by <c>&amp;&amp;</c> (true) and <c>||</c> (false).</summary>
internal sealed record AndOr(Node First, ImmutableArray<(bool And, Node Next)> Rest) : Node;

internal sealed record Pipe(ImmutableArray<Node> Commands) : Node;

internal sealed record While(Node Condition, Node Body) : Node;

internal sealed record For(string Name, ImmutableArray<Word> Words, Node Body) : Node;

internal sealed record If(ImmutableArray<(Node Condition, Node Body)> Branches, Node? Else) : Node;

/// <summary>A text that no shell understands.</summary>
/// <param name="message">In a shell's words.</param>
/// <param name="incomplete">Whether more text could make sense of it.</param>
internal sealed class ShellSyntaxException(string message, bool incomplete = false) : Exception(message)
{
    public bool Incomplete { get; } = incomplete;

    /// <summary>The line that must come before it can be read, where that is known.</summary>
    public string? Until { get; init; }
}
