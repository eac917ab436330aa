using System.Xml;

namespace Anyvisor.Drivers.VSphere.Wire;

/// <summary>What a property collector is asked for: which properties of which objects.</summary>
/// <param name="Properties">By type.</param>
/// <param name="Objects">Named one by one.</param>
/// <param name="View">All that is in this view; none where empty.</param>
internal sealed record FilterSpec((string Type, string[] Paths)[] Properties, MoRef[] Objects, MoRef View = default)
{
    public void Write(XmlWriter writer)
    {
        foreach (var (type, paths) in Properties)
            writer.Inside("propSet", null, set =>
            {
                set.Text("type", type);
                set.Flag("all", false);
                foreach (var path in paths)
                    set.Text("pathSet", path);
            });
        if (!View.IsEmpty)
            writer.Inside("objectSet", null, set =>
            {
                set.Ref("obj", View);
                set.Flag("skip", true);
                set.Inside("selectSet", "TraversalSpec", traversal =>
                {
                    traversal.Text("name", "view");
                    traversal.Text("type", View.Type);
                    traversal.Text("path", "view");
                    traversal.Flag("skip", false);
                });
            });
        foreach (var self in Objects)
            writer.Inside("objectSet", null, set =>
            {
                set.Ref("obj", self);
                set.Flag("skip", false);
            });
    }
}
