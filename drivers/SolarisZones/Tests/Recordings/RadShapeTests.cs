using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Anyvisor.Driver.Http;
using Anyvisor.Drivers.SolarisZones.Simulator;
using Anyvisor.Drivers.SolarisZones.Tests.Conformance;
using Anyvisor.Simulation.Ssh;
using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Recordings;

/// <summary>The recorded session with RAD is had again with the simulated one: the same answers in codes, members, order and kinds.</summary>
public sealed class RadShapeTests
{
    [Fact]
    public async Task The_recorded_session_is_answered_in_the_same_shapes()
    {
        using var recording = JsonDocument.Parse(Recording.Read("rad-rest/zones_basic.http.json"));
        Assert.SkipWhen(Sshd.Program is null, "sshd is not installed (package openssh-server)");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        var folder = Directory.CreateTempSubdirectory("anyvisor-zones-test-");
        try
        {
            await using var simulation = await ZonesBed.StartAsync("solaris11", [], ImmutableSortedDictionary<string, string>.Empty.Add("rad", "0"), folder.FullName, hosts: 1, guests: 12);
            var simulated = (ZonesSimulation)simulation;
            var address = ZonesBed.Of(simulated.RadAddress!);
            using var http = new ProviderHttp(new Uri(address.Url), ServerTrust.Of(address), 1);
            var existing = simulated.Hosts.Values.First().Zones.Values.First(zone => zone is { State: "installed", Brand: "solaris" }).Name;
            var (cookie, compared) = ("", 0);
            foreach (var exchange in recording.RootElement.GetProperty("interactions").EnumerateArray())
            {
                var asked = exchange.GetProperty("request");
                var body = asked.GetProperty("body").GetString()!
                    .Replace("\"username\": \"REDACTED\"", $"\"username\": \"{address.User}\"", StringComparison.Ordinal)
                    .Replace("\"password\": \"REDACTED\"", $"\"password\": \"{address.Password!.Reveal()}\"", StringComparison.Ordinal);
                var path = new Uri(asked.GetProperty("uri").GetString()!).PathAndQuery.Replace("test1", existing, StringComparison.Ordinal);
                using var request = new HttpRequestMessage(HttpMethod.Parse(asked.GetProperty("method").GetString()!), path);
                if (body.Length > 0)
                    request.Content = new StringContent(body, Encoding.UTF8, "application/json");
                if (cookie.Length > 0)
                    request.Headers.Add("Cookie", cookie);
                using var answer = await http.SendAsync(request, path, deadline.Token);
                if (answer.Headers.TryGetValues("Set-Cookie", out var cookies))
                    cookie = cookies.First().Split(';')[0];
                var recorded = exchange.GetProperty("response");
                Assert.Equal(recorded.GetProperty("status").GetInt32(), (int)answer.StatusCode);
                // The last answers of the recorded session were not printed.
                if (recorded.GetProperty("body").GetString() is not { Length: > 0 } text)
                    continue;
                using var expected = JsonDocument.Parse(text);
                using var said = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(deadline.Token));
                var shape = new JsonShape();
                shape.Learn("", expected.RootElement);
                Assert.Empty(shape.Strange("", said.RootElement).Select(strange => $"{path}: {strange}"));
                compared++;
            }
            Assert.Equal(10, compared);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Which kinds each place of an answer was seen with, and which members in which order.</summary>
    private sealed class JsonShape
    {
        private readonly Dictionary<string, HashSet<string>> _kinds = new(StringComparer.Ordinal);
        private readonly Dictionary<string, HashSet<string>> _members = new(StringComparer.Ordinal);

        public void Learn(string path, JsonElement element)
        {
            Add(_kinds, path, Kind(element));
            if (element.ValueKind == JsonValueKind.Object)
                Add(_members, path, Members(element));
            foreach (var (below, inner) in Below(path, element))
                Learn(below, inner);
        }

        public IEnumerable<string> Strange(string path, JsonElement element)
        {
            // Of an array that was empty nothing is known.
            if (!_kinds.TryGetValue(path, out var kinds))
                yield break;
            // What a command says is text or nothing, as it happens.
            if (!kinds.Contains(Kind(element)) && !(path.EndsWith("stdout", StringComparison.Ordinal) || path.EndsWith("stderr", StringComparison.Ordinal)))
                yield return $"{path} is {Kind(element)}, recorded is {string.Join(", ", kinds)}";
            if (element.ValueKind == JsonValueKind.Object && _members.TryGetValue(path, out var members) && !members.Contains(Members(element)))
                yield return $"{path} has {Members(element)}, recorded is {string.Join(" | ", members)}";
            foreach (var strange in Below(path, element).SelectMany(below => Strange(below.Path, below.Element)))
                yield return strange;
        }

        private static IEnumerable<(string Path, JsonElement Element)> Below(string path, JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().Select(member => ($"{path}.{member.Name}", member.Value)),
            JsonValueKind.Array => element.EnumerateArray().Select(inner => ($"{path}[]", inner)),
            _ => [],
        };

        private static string Kind(JsonElement element) => element.ValueKind is JsonValueKind.True or JsonValueKind.False ? "boolean" : element.ValueKind.ToString();

        private static string Members(JsonElement element) => string.Join(", ", element.EnumerateObject().Select(member => member.Name));

        private static void Add(Dictionary<string, HashSet<string>> all, string path, string word) => _ = (all.TryGetValue(path, out var words) ? words : all[path] = []).Add(word);
    }
}
