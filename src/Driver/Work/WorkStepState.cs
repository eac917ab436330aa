namespace Anyvisor.Driver.Work;

/// <summary>What an inspection found of a step that may have been interrupted.</summary>
public enum WorkStepState : byte
{
    /// <summary>The system can't tell: a person has to look.</summary>
    Unknown,
    NotDone,

    /// <summary>Begun and not finished: undo or run it again.</summary>
    Partial,
    Done,
}
