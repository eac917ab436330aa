using System.Globalization;
using System.Text;
using Anyvisor.Core.Inventory;
using Anyvisor.Core.Problems;
using Anyvisor.Model;
using Anyvisor.Server.Json;
using Anyvisor.Unit.Tests.Inventory;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Anyvisor.Unit.Tests.Server;

/// <summary>
/// What people and programs send, garbled: it is understood or refused with a reason, and nothing else comes of it.
/// ANYVISOR_FUZZ=1000000 makes it a million of each; ANYVISOR_FUZZ_SEED repeats a run.
/// </summary>
public sealed class BadInputFuzzTests
{
    private static readonly int Count = Number("ANYVISOR_FUZZ", 3_000);
    private static readonly int Seed = Number("ANYVISOR_FUZZ_SEED", Environment.TickCount);

    private static readonly string[] Pieces =
    [
        "\"", "\\", "{", "}", "[", "]", ":", ",", "null", "true", "1e999", "-0", "99999999999999999999", "NaN", "\\ud800", "\u0000", "é", "雪", "\uFEFF", "*", "?", "!=", ">=", "<", "~", "(", ")", " ", "\t", "AND", "OR", "NOT", "'", "..", "/", "%", "-", "+", "=",
        "name", "power", "memory", "tag.", "on", "GiB", "2026-13-45", "P1Y", "1.5", "10.0.0.0/8",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_is_read_or_refused()
    {
        string[] good =
        [
            """{"name":"web","provider":"lab","image":"hello","vcpus":2,"memory":1073741824,"disk":10737418240,"networks":["default"],"tags":{"env":"prod"},"settings":{"arch":"ppc64le"},"start":true}""",
            """{"name":"shop","vcpus":4,"memory":2147483648,"tags":{"a":"b"},"description":"x"}""",
        ];
        var random = new Random(Seed);
        var refused = 0;
        for (var i = 0; i < Count; i++)
        {
            var body = Garble(Encoding.UTF8.GetBytes(good[i % 2]), random);
            try
            {
                if (i % 2 == 0)
                    await JsonBody.ReadAsync<CreateGuest>(Asking(body));
                else
                    await JsonBody.ReadAsync<PatchGuest>(Asking(body));
            }
            catch (CommandException e)
            {
                refused++;
                Assert.False(string.IsNullOrWhiteSpace(e.Problem.Detail), $"seed {Seed}, {i}: refused without a reason");
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {Seed}, {i}: {e}\n{Encoding.UTF8.GetString(body)}");
            }
        }
        Assert.InRange(refused, Count / 2, Count);
    }

    [Fact]
    public async Task A_filter_a_sort_and_a_cursor_are_taken_or_refused()
    {
        await using var fixture = new InventoryFixture();
        for (var i = 0; i < 40; i++)
            fixture.See(fixture.Guest(i, "lab", $"web{i}"));
        var cursor = fixture.Inventory.QueryGuests(new ListQuery { Limit = 5, Sort = "name" }).NextCursor!;
        const string filter = "power=on name~web* tag.env=prod memory>=2GiB os.family=linux host!=kvm1 createdAt>2026-01-01";
        var random = new Random(Seed);
        for (var i = 0; i < Count; i++)
        {
            var query = new ListQuery
            {
                Limit = 10,
                Filter = random.Next(3) == 0 ? null : Garbled(filter, random),
                Sort = random.Next(2) == 0 ? "name" : Garbled("-memory,name,power", random),
                Cursor = random.Next(2) == 0 ? null : Garbled(cursor, random),
            };
            try
            {
                Assert.InRange(fixture.Inventory.QueryGuests(query).Items.Length, 0, 10);
            }
            catch (QueryException e)
            {
                Assert.False(string.IsNullOrWhiteSpace(e.Message), $"seed {Seed}, {i}");
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {Seed}, {i}: filter '{query.Filter}' sort '{query.Sort}' cursor '{query.Cursor}': {e}");
            }
        }
    }

    private static HttpRequest Asking(byte[] body)
    {
        var http = new DefaultHttpContext();
        http.Request.ContentType = "application/json";
        http.Request.Body = new MemoryStream(body);
        http.Request.ContentLength = body.Length;
        http.RequestAborted = Token;
        return http.Request;
    }

    private static string Garbled(string text, Random random) => Encoding.UTF8.GetString(Garble(Encoding.UTF8.GetBytes(text), random));

    private static byte[] Garble(byte[] good, Random random)
    {
        var bytes = new List<byte>(good);
        for (var turns = random.Next(1, 5); turns > 0 && bytes.Count > 0; turns--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 12)));
                    break;
                case 2:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)"[{(\"*"[random.Next(5)], random.Next(1, 60)));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, random.Next(1, 40))));
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
            }
        }
        return [.. bytes];
    }

    private static int Number(string variable, int usual) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : usual;
}
