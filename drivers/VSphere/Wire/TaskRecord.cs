using System.Xml;
using Anyvisor.Drivers.VSphere.Inventory;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>A task of the system, as its <c>info</c> tells.</summary>
internal sealed class TaskRecord(MoRef self) : EstateRecord(self)
{
    public const string Info = "info";

    public string State { get; private set; } = "";
    public double? Progress { get; private set; }
    public VimFault? Error { get; private set; }

    /// <summary>What it made, where that is a managed object.</summary>
    public MoRef Result { get; private set; }
    public string? Description { get; private set; }
    public MoRef Entity { get; private set; }

    /// <summary>Critical and other findings, where it checked something.</summary>
    public List<(bool Blocks, VimFault Fault)> Findings { get; private set; } = [];
    public bool Ended => State is "success" or "error";

    public override bool Set(string path, XmlReader value, Interner words)
    {
        if (path != Info)
            return base.Set(path, value, words);
        var info = value.Enter();
        while (value.NextChild(info))
            switch (value.LocalName)
            {
                case "state":
                    State = value.Text();
                    break;
                case "progress":
                    Progress = value.Number() / 100.0;
                    break;
                case "error":
                    Error = VimFault.ReadLocalized(value);
                    break;
                case "descriptionId":
                    Description = value.Text();
                    break;
                case "entity":
                    Entity = value.Ref();
                    break;
                case "result" when value.XsiType() == "ManagedObjectReference":
                    Result = value.Ref();
                    break;
                case "result" when value.XsiType() == "ArrayOfCheckResult":
                    Findings = ReadFindings(value);
                    break;
                default:
                    value.Skip();
                    break;
            }
        return true;
    }

    private static List<(bool, VimFault)> ReadFindings(XmlReader reader)
    {
        var findings = new List<(bool, VimFault)>();
        var array = reader.Enter();
        while (reader.NextChild(array))
        {
            var result = reader.Enter();
            while (reader.NextChild(result))
                if (reader.LocalName is "error" or "warning")
                    findings.Add((reader.LocalName == "error", VimFault.ReadLocalized(reader)));
                else
                    reader.Skip();
        }
        return findings;
    }
}
