using System.Collections.Immutable;
using System.Text;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Xunit;

namespace Anyvisor.Drivers.Conformance;

/// <summary>A secret that can be recognised is put wherever a driver takes one; then what comes out is searched.</summary>
public abstract partial class DriverConformance<TBed>
{
    private const string Canary = "c4nary+pass/w0rd=&ü";

    [Fact]
    public async Task No_secret_of_an_address_is_in_an_error_or_a_log()
    {
        using var log = new CollectingLog();
        var address = Bed.DeadAddress with
        {
            User = "root",
            Password = new Secret(Canary),
            Secrets = Bed.Driver.Info.Settings.Where(s => s.Secret).ToImmutableDictionary(s => s.Name, _ => new Secret(Canary)),
        };
        var e = await Record.ExceptionAsync(() => Bed.Driver.ConnectAsync(address, new DriverContext(TimeProvider.System, log), Token));
        Assert.IsType<ProviderException>(e);
        HasNoCanary(e.ToString());
        HasNoCanary(address.ToString());
        HasNoCanary(Bed.Driver.Validate(address with { Url = Bed.WrongUrl }) ?? "");
        Assert.All(log.Lines, HasNoCanary);
    }

    [Fact]
    public async Task No_secret_of_a_new_guest_is_in_its_plan_or_shown()
    {
        var create = Facet<IGuestCreate>();
        var name = NewName("secret");
        var request = Bed.NewGuest(name);
        Assert.SkipWhen(request is null, "The bed makes no guests.");
        var secret = Bed.Driver.Info.GuestSettings.Where(s => s.Secret).Select(s => s.Name).ToList();
        Assert.SkipWhen(secret.Count == 0, $"{Bed.Driver.Info.Kind} takes no secret for a guest");
        var lines = new List<string>();
        var task = PlanRunner.NewTask();
        var runner = new PlanRunner(create, task) { Secrets = secret.ToImmutableDictionary(s => s, _ => new Secret(Canary)), Log = lines.Add };
        var plan = await create.PlanCreateAsync(request with { Settings = request.Settings.AddRange(secret.Select(s => KeyValuePair.Create(s, ""))) }, task, Token);
        try
        {
            await runner.RunAsync(plan, Token);
            await Bed.Watch.GuestAsync(name, _ => true);
            Assert.All(plan.Steps.SelectMany(step => step.Arguments.Values.Append(step.Label)), HasNoCanary);
            Assert.All(lines, HasNoCanary);
            foreach (var seen in Bed.Watch.Changes.OfType<Seen>())
            {
                HasNoCanary(seen.Object.ToString()!);
                HasNoCanary(Encoding.UTF8.GetString(seen.Native.Span));
            }
        }
        finally
        {
            await runner.UndoAsync(plan, CancellationToken.None);
        }
    }

    private static void HasNoCanary(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(Canary);
        foreach (var form in (string[])[Canary, Convert.ToBase64String(bytes).TrimEnd('='), Convert.ToHexString(bytes), Uri.EscapeDataString(Canary)])
            Assert.DoesNotContain(form, text, StringComparison.OrdinalIgnoreCase);
    }
}
