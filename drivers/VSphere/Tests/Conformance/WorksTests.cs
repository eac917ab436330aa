using Anyvisor.Drivers.Conformance;
using Anyvisor.Drivers.VSphere.Inventory;
using Anyvisor.Drivers.VSphere.Wire;
using Xunit;

namespace Anyvisor.Drivers.VSphere.Tests.Conformance;

/// <summary>vcsim's guests have no tools; here one says that it has, as guests of a real system do.</summary>
public sealed class ToolsVCenterBed : VCenterBed
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Tools.PretendAsync(this);
    }
}

/// <summary>The same, of an ESXi by itself.</summary>
public sealed class ToolsEsxiBed : VCenterBed
{
    protected override string[] Arguments => ["-esx"];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Tools.PretendAsync(this);
    }
}

internal static class Tools
{
    /// <summary>By vcsim's own way to set a property: a configuration value that begins with <c>SET.</c></summary>
    public static async Task PretendAsync(VCenterBed bed)
    {
        if (bed.Absent is not null)
            return;
        var connection = (Connection)bed.Connection;
        foreach (var guest in connection.Estate.All<GuestRecord>())
            await connection.Client.CallAsync(new SoapCall("ReconfigVM_Task", guest.Self, "pretending tools", writer => writer.Inside("spec", null, spec => spec.Inside("extraConfig", "OptionValue", option =>
            {
                option.Text("key", "SET.guest.toolsRunningStatus");
                option.Any("value", "guestToolsRunning");
            }))), CancellationToken.None);
        var before = bed.Watch.Changes.Length;
        connection.RequestRefresh();
        _ = await bed.Watch.SeenAsync<Driver.Watching.SnapshotComplete>(_ => true, after: before);
    }
}

public sealed class WorksTests(ToolsVCenterBed vcenter, ToolsEsxiBed esxi) : IClassFixture<ToolsVCenterBed>, IClassFixture<ToolsEsxiBed>
{
    [Fact]
    public async Task The_README_says_what_works()
    {
        Assert.SkipWhen(vcenter.Absent is not null, vcenter.Absent ?? "");
        await new WorksTable().Add("vCenter", vcenter).Add("ESXi by itself", esxi).CheckAsync("drivers/VSphere/README.md", TestContext.Current.CancellationToken);
    }
}
