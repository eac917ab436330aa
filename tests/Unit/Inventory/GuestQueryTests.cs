using Anyvisor.Core.Inventory;
using Anyvisor.Core.Inventory.Filters;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;
using Xunit;

namespace Anyvisor.Unit.Tests.Inventory;

public sealed class GuestQueryTests
{
    private static readonly string[] Filters =
    [
        "", "power:on", "power:on,off arch:x86_64,s390x", "-power:on", "name~web*", "name:web1*", "name~1", "name:?b*", "-name~web", "host:host1", "host:host*", "-host:*",
        "host:\"\"", "provider:lab", "provider:l*,far", "cpu>=4", "cpu:2,4,6", "memory>2GiB", "memory<=4GiB cpu>2", "tag.env:prod", "tag.env:prod,test", "-tag.env:*",
        "tag:env", "os.family:linux", "os:linux,aix", "os.distribution:rhel", "firmware:uefi kind:vm", "service:true", "service:false", "web", "host1", "\"env=prod\"",
        "created>2026-01-05", "created:2026-01-03", "observed>=2026-01-01T00:30:00Z", "disk~/disks/1", "network:default", "address:10.0.1.*", "image:hello", "concern:libvirt.*",
        "presence:present raw:\"shut off\"", "lifecycle:template transition:none,starting", "cluster:c1,c2 -project:p0", "nativeId~vm-", "wëb",
    ];

    private static readonly string?[] Sorts =
    [
        null, "name", "-name", "memory", "-memory,name", "-memory", "host,name", "-host,-name", "power,-cpu", "arch,os.family,name", "created", "-created", "observed,name",
        "provider,-name", "service,cluster,-memory", "description,name", "id", "-id", "os.distribution", "project,-id", "cpu,memory,name",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_columns_answer_as_a_plain_search_of_the_records_would(int seed)
    {
        await using var fixture = new InventoryFixture();
        var estate = new RandomEstate(seed);
        var guests = new Dictionary<ObjectId, Guest>();
        for (var round = 0; round < 4; round++)
        {
            Mutate(fixture.Inventory, estate, guests, round);
            if (round % 2 == 1)
                fixture.Inventory.Tidy();
            for (var i = 0; i < 60; i++)
                Compare(fixture, guests, $"{estate.Pick<string>(Filters)} {(estate.Random.Next(2) == 0 ? estate.Pick<string>(Filters) : "")}", estate.Pick<string?>(Sorts), 1 + estate.Random.Next(40));
        }
        foreach (var filter in Filters)
            Compare(fixture, guests, filter, null, 50);
        foreach (var sort in Sorts)
            Compare(fixture, guests, "", sort, 97);
    }

    [Fact]
    public async Task Paging_shows_each_guest_once_while_others_come_go_and_change()
    {
        await using var fixture = new InventoryFixture();
        var estate = new RandomEstate(99);
        var steady = Enumerable.Range(0, 3000).Select(i => estate.Next("steady", i) with { Service = false }).ToDictionary(g => g.Id);
        fixture.Inventory.Apply("steady", [.. steady.Values.Select(g => new Seen(g))]);
        using var stop = new CancellationTokenSource();
        var churn = Task.Run(() => Churn(fixture.Inventory, stop.Token), TestContext.Current.CancellationToken);
        try
        {
            foreach (var sort in new[] { null, "-memory,name", "host,-name", "created" })
                for (var round = 0; round < 5; round++)
                    AssertEachOnce(fixture.Inventory, steady, sort);
        }
        finally
        {
            await stop.CancelAsync();
            await churn;
        }
    }

    [Fact]
    public async Task A_cursor_that_is_damaged_or_of_another_list_is_refused()
    {
        await using var fixture = new InventoryFixture();
        var estate = new RandomEstate(5);
        fixture.Inventory.Apply("lab", [.. Enumerable.Range(0, 50).Select(i => new Seen(estate.Next("lab", i) with { Service = false }))]);
        var cursor = fixture.Inventory.QueryGuests(new ListQuery { Limit = 10, Sort = "-memory,name" }).NextCursor!;

        Assert.All(
            [cursor[..^3], cursor + "AA", "x", "%%%", string.Concat(cursor.Reverse())],
            damaged => Assert.Equal(QueryPart.Cursor, Assert.Throws<QueryException>(() => fixture.Inventory.QueryGuests(new ListQuery { Limit = 10, Sort = "-memory,name", Cursor = damaged })).Part)
        );
        Assert.Throws<QueryException>(() => fixture.Inventory.QueryGuests(new ListQuery { Limit = 10, Sort = "name", Cursor = cursor }));
        Assert.Throws<QueryException>(() => fixture.Inventory.QueryGuests(new ListQuery { Limit = 10, Sort = "-memory,name", Filter = "power:on", Cursor = cursor }));
        Assert.Equal(10, fixture.Inventory.QueryGuests(new ListQuery { Limit = 10, Sort = "-memory,name", Cursor = cursor }).Items.Length);
    }

    [Theory]
    [InlineData("memroy", "memory")]
    [InlineData("name,-vcpu", "vcpus")]
    public void A_sort_by_an_unknown_field_names_the_nearest(string sort, string nearest)
    {
        using var fixture = new InventoryFixture().Inventory;
        var error = Assert.Throws<QueryException>(() => fixture.QueryGuests(new ListQuery { Sort = sort }));
        Assert.Equal(QueryPart.Sort, error.Part);
        Assert.Contains(nearest, error.Candidates);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void A_limit_out_of_range_is_refused(int limit)
    {
        using var fixture = new InventoryFixture().Inventory;
        Assert.Equal(QueryPart.Limit, Assert.Throws<QueryException>(() => fixture.QueryGuests(new ListQuery { Limit = limit })).Part);
    }

    [Fact]
    public async Task A_reference_is_an_id_a_name_or_a_name_at_a_provider()
    {
        await using var fixture = new InventoryFixture();
        var (a, b, c) = (fixture.Guest(1, "lab", "web"), fixture.Guest(2, "far", "web"), fixture.Guest(3, "lab", "a/b"));
        fixture.See(a);
        fixture.See(b);
        fixture.See(c);

        Assert.Equal(a.Id, fixture.Inventory.Resolve<Guest>(a.Id.ToString()).Found?.Id);
        Assert.Equal(["far/web", "lab/web"], fixture.Inventory.Resolve<Guest>("web").Candidates);
        Assert.Equal(b.Id, fixture.Inventory.Resolve<Guest>("far/web").Found?.Id);
        Assert.Equal(c.Id, fixture.Inventory.Resolve<Guest>("lab/a/b").Found?.Id);
        Assert.Equal(c.Id, fixture.Inventory.Resolve<Guest>("a/b").Found?.Id);
        Assert.False(fixture.Inventory.Resolve<Guest>("nobody") is { Found: not null } or { IsAmbiguous: true });
    }

    private static void Compare(InventoryFixture fixture, Dictionary<ObjectId, Guest> guests, string filter, string? sort, int limit)
    {
        var compiled = GuestFields.Set.Compile(FilterParser.Parse(filter), fixture.Now);
        var keys = GuestFields.Set.CompileSort(sort);
        var named = GuestFilter.Parse(filter, fixture.Now).NamesService;
        var expected = guests
            .Values.Where(g => (named || !g.Service) && compiled.Fits(g))
            .Select(g => new PageCursor([.. keys.Select(k => k.Field.Sort(g))], g.Id))
            .Order(new SortOrder([.. keys.Select(k => k.Descending)]))
            .Select(p => p.Id)
            .ToList();
        var found = new List<ObjectId>();
        string? cursor = null;
        do
        {
            var page = fixture.Inventory.QueryGuests(new ListQuery { Filter = filter, Sort = sort, Limit = limit, Cursor = cursor });
            Assert.Equal(expected.Count, page.Total);
            found.AddRange(page.Items.Select(i => i.Id));
            cursor = page.NextCursor;
        } while (cursor is not null && found.Count <= expected.Count);
        Assert.True(expected.SequenceEqual(found), $"filter '{filter}' sort '{sort}' limit {limit}: {found.Count} of {expected.Count}");
    }

    private static void Mutate(EstateInventory inventory, RandomEstate estate, Dictionary<ObjectId, Guest> guests, int round)
    {
        foreach (var provider in new[] { "lab", "far", "Lab2" })
        {
            var batch = new List<Change>();
            for (var i = 0; i < 150; i++)
            {
                var number = estate.Random.Next(100 + 60 * round);
                if (estate.Random.Next(6) == 0)
                {
                    batch.Add(new Gone(ObjectKind.Guest, RandomEstate.NativeOf(number, provider)));
                    guests.Remove(ObjectId.Derive(ObjectKind.Guest, provider, RandomEstate.NativeOf(number, provider)));
                    continue;
                }
                var guest = estate.Next(provider, number);
                // The project is ours: what a driver leaves open stays as it was.
                if (guests.TryGetValue(guest.Id, out var known))
                    guest = guest with { Project = guest.Project ?? known.Project };
                batch.Add(new Seen(guest));
                guests[guest.Id] = guest;
            }
            inventory.Apply(provider, batch);
        }
    }

    private static void Churn(EstateInventory inventory, CancellationToken stop)
    {
        var estate = new RandomEstate(7);
        while (!stop.IsCancellationRequested)
        {
            var batch = new List<Change>();
            for (var i = 0; i < 50; i++)
            {
                var number = estate.Random.Next(2000);
                batch.Add(estate.Random.Next(4) == 0 ? new Gone(ObjectKind.Guest, RandomEstate.NativeOf(number, "churn")) : new Seen(estate.Next("churn", number)));
            }
            inventory.Apply("churn", batch);
        }
    }

    private static void AssertEachOnce(EstateInventory inventory, Dictionary<ObjectId, Guest> steady, string? sort)
    {
        var seen = new HashSet<ObjectId>();
        string? cursor = null;
        do
        {
            var page = inventory.QueryGuests(new ListQuery { Sort = sort, Limit = 500, Cursor = cursor });
            foreach (var guest in page.Items)
                if (guest.Provider == "steady")
                    Assert.True(seen.Add(guest.Id), $"{guest.Name} twice by '{sort}'");
            cursor = page.NextCursor;
        } while (cursor is not null);
        Assert.Equal(steady.Count, seen.Count);
    }
}
