using Anyvisor.Model;

namespace Anyvisor.Core.Inventory;

/// <summary>Tags of guests whose system keeps none are kept by us. The one place that says of which systems.</summary>
public static class EmulatedTags
{
    /// <summary>Whether we keep the tags of this driver's guests.</summary>
    public static bool AreOurs(DriverInfo driver)
    {
        ArgumentNullException.ThrowIfNull(driver);
        return !driver.Verbs.ContainsKey(Verb.Tag);
    }

    /// <summary>The driver with what we make up for it.</summary>
    public static DriverInfo Completed(DriverInfo driver) =>
        AreOurs(driver) ? driver with { Verbs = driver.Verbs.Add(Verb.Tag, ActionLevel.Emulated) } : driver;
}
