using Anyvisor.Core.Store;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Unit.Tests.Store;

/// <summary>
/// A power cut, simulated: the ledger's write-ahead log is cut off, or torn, at any byte. What was acknowledged before the
/// cut is there, in order and nothing else. That a sync reaches the disk is the kernel's and the disk's promise, and not
/// tested here; that each acknowledgement comes after one is what synchronous=FULL says, and that is looked at.
/// </summary>
public sealed class PowerCutTests : IDisposable
{
    private const int Writes = 60;
    private readonly string _directory = Directory.CreateTempSubdirectory("anyvisor-cut-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Every_acknowledged_write_is_in_what_was_synced_before_it()
    {
        var seed = Environment.GetEnvironmentVariable("ANYVISOR_SEED") is { } given ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"ANYVISOR_SEED={seed}");
        var random = new Random(seed);
        await using var database = await Database.OpenAsync(new StoreOptions { Directory = Path.Combine(_directory, "data"), Reserve = 0 }, NullLoggerFactory.Instance, Token);
        await database.Ledger.WriteAsync(c => c.Execute("CREATE TABLE told (n INTEGER PRIMARY KEY, text TEXT)"), Token);
        Assert.Equal(2, await database.Ledger.WriteAsync(c => c.ExecuteScalar<int>("PRAGMA synchronous"), Token));
        var log = database.Ledger.Path + "-wal";
        var before = await ReadAsync(database.Ledger.Path);
        var acknowledged = new List<long>();
        for (var n = 1; n <= Writes; n++)
        {
            var text = new string('x', random.Next(3000));
            await database.Ledger.WriteAsync(c => c.Execute("INSERT INTO told (n, text) VALUES (@n, @text)", new { n, text }), Token);
            acknowledged.Add(new FileInfo(log).Length);
        }
        Assert.Equal(before, await ReadAsync(database.Ledger.Path)); // No checkpoint came between.
        var whole = await ReadAsync(log);

        // At, just before and just after each acknowledgement, and anywhere.
        var cuts = acknowledged.SelectMany(length => new[] { length, length - 1, length + 1 }).Concat(Enumerable.Range(0, 100).Select(_ => random.NextInt64(whole.Length)));
        foreach (var cut in cuts.Where(cut => cut <= whole.Length).Distinct())
            foreach (var torn in (bool[])[false, true])
            {
                var log2 = whole[..(int)cut];
                if (torn)
                    log2 = [.. log2, .. Garbage(random)];
                var there = Open(before, log2);
                var owed = acknowledged.Count(length => length <= cut);
                Assert.True(there.SequenceEqual(Enumerable.Range(1, there.Count)), $"seed {seed}, cut at {cut}: not the first ones, but {string.Join(",", there)}");
                Assert.True(there.Count >= owed, $"seed {seed}, cut at {cut}: {owed} were acknowledged, {there.Count} are there");
            }
    }

    private List<int> Open(byte[] file, byte[] log)
    {
        var path = Path.Combine(_directory, "cut.db");
        File.Delete(path + "-shm");
        File.WriteAllBytes(path, file);
        File.WriteAllBytes(path + "-wal", log);
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        Assert.Equal("ok", connection.ExecuteScalar<string>("PRAGMA integrity_check"));
        var tables = connection.ExecuteScalar<int>("SELECT COUNT(*) FROM sqlite_master WHERE name = 'told'");
        return tables == 0 ? [] : [.. connection.Query<int>("SELECT n FROM told ORDER BY n")];
    }

    private static byte[] Garbage(Random random)
    {
        var bytes = new byte[random.Next(1, 9000)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, Token);
        return bytes;
    }
}
