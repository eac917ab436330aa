using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Model;

namespace Anyvisor.Drivers.PowerVm;

/// <summary>The ways to start a partition, in our words and the console's.</summary>
internal static class StartSettings
{
    public const string Profile = "profile";
    private const string BootMode = "boot-mode";
    private const string Keylock = "keylock";
    private const string IplSource = "ipl-source";

    public static ImmutableArray<Setting> All { get; } =
    [
        new() { Name = Profile, Help = "The name of the profile to start from; without it, the partition's current configuration." },
        new() { Name = BootMode, Type = SettingType.Choice, Choices = ["normal", "sms", "diagnostic-default", "diagnostic-stored", "open-firmware"], Default = "normal", Help = "Where AIX and Linux partitions start to." },
        new() { Name = Keylock, Type = SettingType.Choice, Choices = ["normal", "manual"], Help = "The keylock; the partition's own by default." },
        new() { Name = IplSource, Type = SettingType.Choice, Choices = ["a", "b", "c", "d"], Help = "The copy of the licensed internal code that IBM i starts from." },
    ];

    /// <summary>As parameters of the console's job.</summary>
    /// <exception cref="ProviderException">A setting has no sense for this partition.</exception>
    public static List<(string Name, string Value)> Parameters(ImmutableDictionary<string, string> settings, Guest guest, PartitionKind kind)
    {
        List<(string, string)> parameters = [("force", "false"), ("novsi", "true"), ("OperationType", "activate")];
        foreach (var (name, value) in settings)
            switch (name)
            {
                case BootMode when kind == PartitionKind.Ibmi && value != "normal":
                    throw Wrong($"'{guest.Name}' runs IBM i, which has no boot modes: its way of starting is {IplSource}");
                case BootMode:
                    parameters.Add(("bootmode", Word(name, value, ("normal", "norm"), ("sms", "sms"), ("diagnostic-default", "dd"), ("diagnostic-stored", "ds"), ("open-firmware", "of"))));
                    break;
                case Keylock:
                    parameters.Add(("keylock", Word(name, value, ("normal", "norm"), ("manual", "manual"))));
                    break;
                case IplSource when kind != PartitionKind.Ibmi:
                    throw Wrong($"'{guest.Name}' does not run IBM i: {IplSource} is for that alone");
                case IplSource:
                    parameters.Add(("iIPLsource", Word(name, value, ("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"))));
                    break;
                case Profile:
                    break; // Looked up by whoever can ask the console.
                default:
                    throw Wrong($"A partition is not started with '{name}': there are {string.Join(", ", All.Select(setting => setting.Name))}");
            }
        if (kind == PartitionKind.AixLinux && !settings.ContainsKey(BootMode))
            parameters.Add(("bootmode", "norm"));
        return parameters;
    }

    private static string Word(string setting, string value, params ReadOnlySpan<(string Ours, string Theirs)> words)
    {
        foreach (var (ours, theirs) in words)
            if (ours == value)
                return theirs;
        throw Wrong($"'{value}' is no {setting}");
    }

    private static ProviderException Wrong(string message) => new(ProviderError.InvalidArgument, message);
}
