using System.Globalization;
using Anyvisor.Driver;
using Anyvisor.Driver.Work;

namespace Anyvisor.Drivers.Zvm.Work;

/// <summary>The names of the steps, and how their arguments are read.</summary>
internal static class Steps
{
    internal const string Define = "define";
    internal const string Deploy = "deploy";
    internal const string Nic = "nic-";
    internal const string Start = "start";
    internal const string Delete = "delete";
    internal const string Capture = "capture";
    internal const string Relocate = "relocate";
    internal const string Register = "register";

    internal static string Text(this WorkStep step, string name) =>
        step.Arguments.TryGetValue(name, out var value) ? value : throw new ProviderException(ProviderError.InvalidArgument, $"The step {step.Name} has no argument {name}: another version of Anyvisor laid it out");

    internal static long Number(this WorkStep step, string name) =>
        long.TryParse(step.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new ProviderException(ProviderError.InvalidArgument, $"The step {step.Name} has no number in {name}");

    internal static ProviderException Unknown(WorkStep step) => new(ProviderError.InvalidArgument, $"The z/VM driver has no step '{step.Name}'");
}
