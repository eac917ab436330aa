using Anyvisor.Core.Store;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Unit.Tests.Store;

public sealed class DatabaseTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "anyvisor-store-" + Guid.NewGuid().ToString("N"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Writes_that_queue_up_share_a_transaction_and_one_that_fails_takes_no_other_with_it()
    {
        await using var database = await OpenAsync();
        await database.Ledger.WriteAsync(c => c.Execute("CREATE TABLE t (n BIGINT PRIMARY KEY)"), Token);

        var failures = await Task.WhenAll(Enumerable.Range(0, 200).Select(InsertAsync));

        Assert.Equal(20, failures.Count(failed => failed));
        Assert.Equal(180, await database.Ledger.ReadAsync(c => c.ExecuteScalar<long>("SELECT COUNT(*) FROM t"), Token));

        async Task<bool> InsertAsync(int i)
        {
            try
            {
                await database.Ledger.WriteAsync(
                    c =>
                    {
                        c.Execute("INSERT INTO t (n) VALUES (@i)", new { i });
                        if (i % 10 == 3)
                            throw new InvalidOperationException("mine");
                    },
                    Token
                );
                return false;
            }
            catch (InvalidOperationException e) when (e.Message == "mine")
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_goes_on_with_reads_and_works_again_when_there_is_space()
    {
        await using var database = await OpenAsync();
        await database.Ledger.WriteAsync(c => c.Execute("CREATE TABLE t (x TEXT)"), Token);
        await database.Ledger.WriteAsync(c => c.Execute("INSERT INTO t VALUES ('kept')"), Token);
        // The engine's own limit answers with the same code as a disk without space, and ends with the connection.
        var full = await Assert.ThrowsAsync<StoreException>(() =>
            database.Ledger.WriteAsync(
                c =>
                {
                    c.Execute("PRAGMA max_page_count = 1");
                    c.Execute("INSERT INTO t VALUES (@x)", new { x = new string('x', 1 << 20) });
                },
                Token
            )
        );

        Assert.Equal(StoreFault.Full, full.Fault);
        Assert.Equal("kept", await database.Ledger.ReadAsync(c => c.ExecuteScalar<string>("SELECT x FROM t"), Token));
        await database.Ledger.WriteAsync(c => c.Execute("INSERT INTO t VALUES ('again')"), Token);
        Assert.Equal(2, await database.Ledger.ReadAsync(c => c.ExecuteScalar<long>("SELECT COUNT(*) FROM t"), Token));
    }

    [Fact]
    public async Task A_second_server_on_the_same_directory_is_refused()
    {
        await using var database = await OpenAsync();

        var refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync());

        Assert.Equal(StoreFault.InUse, refused.Fault);
        Assert.Contains(_directory, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_directory_is_made_private_also_where_it_was_not()
    {
        Directory.CreateDirectory(_directory);
        await using var database = await OpenAsync();

        Assert.Equal(Path.GetFullPath(_directory), database.Directory.Path);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory));
    }

    [Theory]
    [InlineData("postgres://db/anyvisor", "PostgreSQL is not in this version")]
    [InlineData("mysql://db", "--store takes 'sqlite'")]
    public async Task Another_store_is_not_in_this_version_and_says_so(string url, string says)
    {
        var refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(url));

        Assert.Equal(StoreFault.NotAvailable, refused.Fault);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_estate_is_put_aside_and_a_damaged_ledger_is_not()
    {
        await using (await OpenAsync()) { }
        await File.WriteAllTextAsync(Path.Combine(_directory, "estate.db"), new string('?', 8192), Token);
        await using (await OpenAsync()) { }
        Assert.True(File.Exists(Path.Combine(_directory, "estate.db.damaged")));

        await File.WriteAllTextAsync(Path.Combine(_directory, "anyvisor.db"), new string('?', 8192), Token);
        var refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync());
        Assert.Equal(StoreFault.Corrupt, refused.Fault);
        Assert.Contains("backup", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_left_alone()
    {
        await using (var database = await OpenAsync())
            await database.Ledger.WriteAsync(c => c.Execute("UPDATE schema_version SET version = 99 WHERE area = 'Tasks'"), Token);

        var refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync());

        Assert.Equal(StoreFault.NotAvailable, refused.Fault);
        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_little_space_for_new_work_is_said_before_it_begins()
    {
        await using var database = await OpenAsync(reserve: long.MaxValue);

        Assert.Equal(StoreFault.Full, Assert.Throws<StoreException>(database.RequireSpace).Fault);
    }

    private Task<Database> OpenAsync(string? url = null, long reserve = 0) =>
        Database.OpenAsync(
            new StoreOptions
            {
                Directory = _directory,
                Url = url,
                Reserve = reserve,
            },
            NullLoggerFactory.Instance,
            Token
        );
}
