using System.Collections.Immutable;
using System.Data.Common;
using Anyvisor.Core.Store;
using Anyvisor.Model;
using Dapper;

namespace Anyvisor.Core.Access;

/// <summary>A token with the hash of its key.</summary>
internal sealed record StoredToken(ApiToken Token, byte[] Hash)
{
    public bool ExpiredAt(DateTimeOffset now) => Token.ExpiresAt is { } end && end <= now.UtcDateTime;
}

internal enum TokenRemoval : byte
{
    Done,
    Unknown,
    LastAdmin,
}

/// <summary>The table of tokens.</summary>
internal static class TokenRows
{
    public static ImmutableArray<StoredToken> All(DbConnection connection) =>
        [
            .. connection
                .Query<Row>("SELECT name, hash, role, created_at AS CreatedAt, expires_at AS ExpiresAt, last_used_at AS LastUsedAt FROM token")
                .Select(row => row.ToToken()),
        ];

    public static bool Add(DbConnection connection, StoredToken token) =>
        connection.Execute(
            """
            INSERT INTO token (name, hash, role, created_at, expires_at) VALUES (@name, @hash, @role, @created, @expires)
            ON CONFLICT (name) DO NOTHING
            """,
            Parameters(token)
        ) == 1;

    public static void Replace(DbConnection connection, StoredToken token)
    {
        connection.Execute("DELETE FROM token WHERE name = @name", new { name = token.Token.Name });
        Add(connection, token);
    }

    public static TokenRemoval Remove(DbConnection connection, string name)
    {
        var role = connection.ExecuteScalar<string?>("SELECT role FROM token WHERE name = @name", new { name });
        if (role is null)
            return TokenRemoval.Unknown;
        if (role == nameof(Role.Admin) && connection.ExecuteScalar<long>("SELECT COUNT(*) FROM token WHERE role = @role", new { role }) == 1)
            return TokenRemoval.LastAdmin;
        connection.Execute("DELETE FROM token WHERE name = @name", new { name });
        return TokenRemoval.Done;
    }

    public static void Touch(DbConnection connection, IEnumerable<KeyValuePair<string, DateTime>> used) =>
        connection.Execute(
            "UPDATE token SET last_used_at = @at WHERE name = @name",
            used.Select(u => new { name = u.Key, at = StoreTime.ToStore(u.Value) }).ToArray()
        );

    private static object Parameters(StoredToken token) =>
        new
        {
            name = token.Token.Name,
            hash = token.Hash,
            role = token.Token.Role.ToString(),
            created = StoreTime.ToStore(token.Token.CreatedAt),
            expires = StoreTime.ToStore(token.Token.ExpiresAt),
        };

    private sealed record Row
    {
        public string Name { get; init; } = "";
        public byte[] Hash { get; init; } = [];
        public string Role { get; init; } = "";
        public long CreatedAt { get; init; }
        public long? ExpiresAt { get; init; }
        public long? LastUsedAt { get; init; }

        public StoredToken ToToken() =>
            new(
                new ApiToken
                {
                    Name = Name,
                    Role = Enum.Parse<Role>(Role),
                    CreatedAt = StoreTime.FromStore(CreatedAt),
                    ExpiresAt = StoreTime.FromStore(ExpiresAt),
                    LastUsedAt = StoreTime.FromStore(LastUsedAt),
                },
                Hash
            );
    }
}
