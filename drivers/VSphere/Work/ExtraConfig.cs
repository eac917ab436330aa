using System.Text;
using System.Xml;
using Anyvisor.Driver.Work;
using Anyvisor.Drivers.VSphere.Wire;

namespace Anyvisor.Drivers.VSphere.Work;

/// <summary>What a new guest's configuration says beside its hardware: who made it, and cloud-init's user data.</summary>
internal static class ExtraConfig
{
    public static void Write(XmlWriter writer, WorkContext context)
    {
        Value(writer, "anyvisor.task", context.TaskId);
        if (!context.Secrets.TryGetValue(GuestSettings.UserData, out var data))
            return;
        Value(writer, "guestinfo.userdata", Convert.ToBase64String(Encoding.UTF8.GetBytes(data.Reveal())));
        Value(writer, "guestinfo.userdata.encoding", "base64");
        Value(writer, "guestinfo.metadata", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{{\"instance-id\":\"{Connection.Mark(context.TaskId):D}\"}}")));
        Value(writer, "guestinfo.metadata.encoding", "base64");
    }

    private static void Value(XmlWriter writer, string key, string value) =>
        writer.Inside("extraConfig", "OptionValue", option =>
        {
            option.Text("key", key);
            option.Any("value", value);
        });
}
