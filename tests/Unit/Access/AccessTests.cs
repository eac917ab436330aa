using Anyvisor.Core.Access;
using Anyvisor.Core.Problems;
using Anyvisor.Core.Providers.Secrets;
using Anyvisor.Core.Store;
using Anyvisor.Core.Tasks;
using Anyvisor.Model;
using Anyvisor.Unit.Tests.Time;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anyvisor.Unit.Tests.Access;

public sealed class AccessTests : IAsyncLifetime
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "anyvisor-access-" + Guid.NewGuid().ToString("N"));
    private readonly FakeTimeProvider _clock = new();
    private Database _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _database = await Database.OpenAsync(new StoreOptions { Directory = _directory, Reserve = 0 }, NullLoggerFactory.Instance, Token);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_first_start_makes_the_administrators_token_and_the_next_does_not()
    {
        string secret;
        await using (var tokens = await OpenAsync())
            secret = tokens.NewAdminSecret!;
        await using var again = await OpenAsync();

        var path = Path.Combine(_directory, "admin.token");
        Assert.Null(again.NewAdminSecret);
        Assert.Equal(secret, (await File.ReadAllTextAsync(path, Token)).Trim());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(Role.Admin, again.Authenticate(secret)?.Role);
    }

    [Fact]
    public async Task A_session_outlives_the_process_and_ends_with_its_token()
    {
        await using var tokens = await OpenAsync();
        var made = await tokens.CreateAsync("browser", Role.Viewer, null, Token);
        var sessions = await SessionStore.OpenAsync(_database, tokens, _clock, Token);
        var (secret, _) = await sessions.OpenAsync(made.Token, Token);

        await using var after = await OpenAsync();
        var again = await SessionStore.OpenAsync(_database, after, _clock, Token);
        Assert.Equal("browser", again.Find(secret)?.Name);
        Assert.Null(again.Find(secret + "0"));
        var stored = await _database.Ledger.ReadAsync(connection => connection.QuerySingle<byte[]>("SELECT hash FROM session"), Token);
        Assert.DoesNotContain(secret, Convert.ToHexStringLower(stored), StringComparison.Ordinal);

        await after.RemoveAsync("browser", Token);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await after.CreateAsync("browser", Role.Admin, null, Token);
        Assert.Null(again.Find(secret));
        await SessionStore.OpenAsync(_database, after, _clock, Token);
        Assert.Equal(0, await _database.Ledger.ReadAsync(connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM session"), Token));
    }

    [Fact]
    public async Task A_session_ends_after_its_life_and_a_clock_that_jumps_neither_ends_nor_prolongs_it()
    {
        await using var tokens = await OpenAsync();
        var admin = tokens.List().Single();
        var sessions = await SessionStore.OpenAsync(_database, tokens, _clock, Token);
        var (secret, _) = await sessions.OpenAsync(admin, Token);
        _clock.Jump(TimeSpan.FromDays(400));
        Assert.NotNull(sessions.Find(secret));
        _clock.Jump(TimeSpan.FromDays(-800));
        Assert.NotNull(sessions.Find(secret));
        _clock.Advance(SessionStore.Life - TimeSpan.FromSeconds(1));
        Assert.NotNull(sessions.Find(secret));
        // Over a restart no clock says how long it was: never longer than a life.
        var again = await SessionStore.OpenAsync(_database, tokens, _clock, Token);
        Assert.NotNull(again.Find(secret));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(sessions.Find(secret));
        _clock.Advance(SessionStore.Life);
        Assert.Null(again.Find(secret));
    }

    [Fact]
    public async Task A_session_that_was_closed_stays_closed_after_a_restart()
    {
        await using var tokens = await OpenAsync();
        var sessions = await SessionStore.OpenAsync(_database, tokens, _clock, Token);
        var (secret, _) = await sessions.OpenAsync(tokens.List().Single(), Token);
        await RefuseOneWriteAsync();
        await Assert.ThrowsAsync<StoreException>(() => sessions.CloseAsync(secret));
        Assert.NotNull(sessions.Find(secret));
        await sessions.CloseAsync(secret);
        Assert.Null(sessions.Find(secret));
        var again = await SessionStore.OpenAsync(_database, tokens, _clock, Token);
        Assert.Null(again.Find(secret));
    }

    [Fact]
    public async Task Whoever_empties_the_file_gets_a_new_token_and_the_old_one_is_worth_nothing()
    {
        string old;
        await using (var tokens = await OpenAsync())
            old = tokens.NewAdminSecret!;
        await File.WriteAllTextAsync(Path.Combine(_directory, "admin.token"), "", Token);

        await using var again = await OpenAsync();

        Assert.Null(again.Authenticate(old));
        Assert.Equal("admin", again.Authenticate(again.NewAdminSecret)?.Name);
    }

    [Fact]
    public async Task A_token_works_until_it_expires_or_is_taken_away_and_only_its_hash_is_stored()
    {
        await using var tokens = await OpenAsync();
        var made = await tokens.CreateAsync("ci", Role.Operator, _clock.GetUtcNow().UtcDateTime.AddHours(1), Token);
        var other = await tokens.CreateAsync("watch", Role.Viewer, null, Token);

        Assert.Equal(Role.Operator, tokens.Authenticate(made.Secret)?.Role);
        Assert.Null(tokens.Authenticate(made.Secret + "x"));
        Assert.Null(tokens.Authenticate(null));
        Assert.Null(tokens.Authenticate(new string('a', 1 << 20)));
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Null(tokens.Authenticate(made.Secret));
        Assert.NotNull(tokens.Authenticate(other.Secret));
        await tokens.RemoveAsync("watch", Token);
        Assert.Null(tokens.Authenticate(other.Secret));

        var stored = await _database.Ledger.ReadAsync(c => c.Query<byte[]>("SELECT hash FROM token").ToArray(), Token);
        Assert.All(stored, hash => Assert.Equal(32, hash.Length));
        var files = string.Join("", Directory.EnumerateFiles(_directory, "anyvisor.db*").Select(ReadShared));
        Assert.DoesNotContain(made.Secret, files, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_administrator_and_a_taken_name_are_protected()
    {
        await using var tokens = await OpenAsync();

        var last = await Assert.ThrowsAsync<CommandException>(() => tokens.RemoveAsync("admin", Token));
        var taken = await Assert.ThrowsAsync<CommandException>(() => tokens.CreateAsync("admin", Role.Viewer, null, Token));
        var malformed = await Assert.ThrowsAsync<CommandException>(() => tokens.CreateAsync("a b", Role.Viewer, null, Token));
        var unknown = await Assert.ThrowsAsync<CommandException>(() => tokens.RemoveAsync("nobody", Token));

        Assert.Equal(
            [ProblemTypes.Conflict, ProblemTypes.Conflict, ProblemTypes.InvalidArgument, ProblemTypes.NotFound],
            new[] { last, taken, malformed, unknown }.Select(e => e.Problem.Type)
        );
    }

    [Fact]
    public async Task The_audit_log_only_grows_and_goes_by_number_when_the_clock_jumps()
    {
        var log = new AuditLog(_database, _clock);
        var first = await log.AppendAsync(new AuditEntry("ann", "provider.add", "accepted") { Target = "provider lab", From = "::1" }, Token);
        var jumped = new AuditLog(_database, new FakeTimeProvider(_clock.GetUtcNow().AddDays(-1)));
        var second = await jumped.AppendAsync(new AuditEntry("ann", "provider.add", "done"), Token);

        var update = await Assert.ThrowsAsync<StoreException>(() => _database.Ledger.WriteAsync(c => c.Execute("UPDATE audit SET actor = 'bob'"), Token));
        var delete = await Assert.ThrowsAsync<StoreException>(() => _database.Ledger.WriteAsync(c => c.Execute("DELETE FROM audit"), Token));
        var page = await log.ListAsync(1, null, Token);
        var next = await log.ListAsync(1, page.NextCursor, Token);

        Assert.True(second > first);
        Assert.Equal(StoreFault.Refused, update.Fault);
        Assert.Equal(StoreFault.Refused, delete.Fault);
        Assert.Equal(("done", 2L), (page.Items[0].Outcome, page.Total));
        Assert.Equal(("accepted", "provider lab", "::1"), (next.Items[0].Outcome, next.Items[0].Target, next.Items[0].From));
    }

    [Fact]
    public async Task Two_requests_of_one_key_at_once_make_one_token()
    {
        await using var tokens = await OpenAsync();
        await using var engine = new TaskEngine(
            _database, new AuditLog(_database, _clock), SecretBox.Open(_directory), _ => { }, FailPoints.None, new TaskEngineOptions(), _clock, NullLoggerFactory.Instance
        );
        var commands = new TokenCommands(tokens, new RequestKeys(_database, _clock), engine);
        var ask = new Ask(new Caller("ann", Role.Admin)) { IdempotencyKey = "once" };
        var (arrived, both) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

        // Both have been found to be new before either is written down.
        Task MeetAsync()
        {
            if (Interlocked.Increment(ref arrived) == 2)
                both.SetResult();
            return both.Task;
        }

        var made = await Task.WhenAll(new[] { "one", "two" }.Select(async name =>
        {
            try
            {
                return (await commands.CreateAsync(new AddToken(name, Role.Viewer, null), ask, MeetAsync, Token)).Token.Name;
            }
            catch (CommandException e)
            {
                Assert.Equal(ProblemTypes.Conflict, e.Problem.Type);
                return null;
            }
        }));

        var winner = Assert.Single(made, one => one is not null);
        Assert.Equal($"admin {winner}", string.Join(' ', tokens.List().Select(token => token.Name)));
    }

    private Task<int> RefuseOneWriteAsync() => _database.Ledger.WriteAsync(c => c.Execute("PRAGMA query_only = 1"), Token);

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }

    private Task<TokenStore> OpenAsync() => TokenStore.OpenAsync(_database, _clock, NullLoggerFactory.Instance, Token);
}
